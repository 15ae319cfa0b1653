import type { Hopper } from "../../core/hopper";
import type { Context } from "../context";
import { letMirrorsFinish } from "../github/finish";
import type { QueueReader } from "../../core/queue/queueReader";
import { type ExitCode, exitCodes } from "../exitCodes";
import { LiveReporter } from "../live/liveReporter";
import { type Adoption, decideOnAdoption, openAdopted } from "../queue/adoption";
import { assertNotOwned, mayPassSoon } from "../queue/owner";
import { patiently } from "../queue/patience";
import { noQueue, openView } from "../queue/reading";
import { type RunnerSettings, runnerSettings } from "../queue/runnerSettings";
import { commandToType } from "../words/commandToType";
import type { EnqueueRequest } from "../../core/protocol/commands";
import { chooseRunner } from "./chooseRunner";
import { exitCodeOfInterrupt, Interrupts } from "./interrupts";
import { jsonReporter } from "./jsonReporter";
import { LineReporter } from "./lineReporter";
import { decideOnPlan } from "./planDecision";
import { enqueueRequest, type PlanFile, readPlan } from "./planFile";
import type { RunReporter } from "./reporter";
import { runToEnd } from "./runToEnd";
import { Summary } from "./summary";

/** Enqueues a plan, or finds it enqueued, and runs it to its end; without one, everything goes on. */
export async function run(context: Context, file: string | undefined): Promise<ExitCode> {
  const settings = runnerSettings(context);
  assertNotOwned(context);
  const { adoption, wanted } = await decide(context, settings, file);
  if (wanted === undefined) {
    return exitCodes.interrupted;
  }
  const interrupts = new Interrupts(context.printer.closed);
  try {
    const hopper = await patiently(context, mayPassSoon, () =>
      openAdopted(context, settings, adoption),
    );
    if (hopper === "leave") {
      return exitCodes.interrupted;
    }
    try {
      return await runWanted(context, { hopper, interrupts, wanted, file });
    } finally {
      await hopper.stop();
    }
  } finally {
    interrupts.dispose();
  }
}

/** What is to be run: all, one plan that is enqueued, or one that is to be. */
type Wanted =
  | { readonly kind: "all" }
  | { readonly kind: "plan"; readonly planId: string }
  | { readonly kind: "enqueue"; readonly request: EnqueueRequest };

interface Decision {
  readonly adoption: Adoption;
  /** Undefined when the person at the terminal decided against it. */
  readonly wanted?: Wanted | undefined;
}

/** Everything a person is asked, before the queue is opened: it is not held while somebody thinks. */
async function decide(
  context: Context,
  settings: RunnerSettings,
  name: string | undefined,
): Promise<Decision> {
  if (name === undefined && !context.workspace.exists) {
    throw noQueue(context);
  }
  const file = name === undefined ? undefined : readPlan(context, settings, name);
  const view = await openView(context);
  try {
    const adoption = view ? await decideOnAdoption(context, view.queue) : "notAsked";
    if (adoption === "leave") {
      return { adoption };
    }
    const wanted = file ? await onePlan(context, settings, file, view?.queue) : everything;
    return { adoption, wanted };
  } finally {
    view?.dispose();
  }
}

const everything: Wanted = { kind: "all" };

/** @returns undefined when the person at the terminal decided against it. */
async function onePlan(
  context: Context,
  settings: RunnerSettings,
  file: PlanFile,
  queue: QueueReader | undefined,
): Promise<Wanted | undefined> {
  const decision = await decideOnPlan(context, queue, file);
  if (decision.kind === "leave") {
    return undefined;
  }
  if (decision.kind === "continue") {
    return { kind: "plan", planId: decision.plan.plan_id };
  }
  const chosen = await chooseRunner(context, settings, file);
  return (
    chosen && {
      kind: "enqueue",
      request: enqueueRequest(context, chosen, decision.ifEnqueued),
    }
  );
}

interface OpenRun {
  readonly hopper: Hopper;
  readonly interrupts: Interrupts;
  readonly wanted: Wanted;
  readonly file: string | undefined;
}

async function runWanted(
  context: Context,
  { hopper, interrupts, wanted, file }: OpenRun,
): Promise<ExitCode> {
  sayNotices(context, hopper);
  if (interrupts.pending !== undefined) {
    return exitCodeOfInterrupt[interrupts.pending];
  }
  const planId = await planIdOf(context, hopper, wanted);
  const comeBack = commandToType(context, "run", ...(file === undefined ? [] : [file]));
  const summary = new Summary(context, hopper, comeBack);
  const { json, printer, terminal, clock, logger } = context;
  const reporter: RunReporter = json
    ? jsonReporter(printer)
    : terminal.canRedraw
      ? new LiveReporter(context, hopper, interrupts, summary)
      : new LineReporter(context, hopper, summary);
  const exitCode = await runToEnd({
    hopper,
    reporter,
    interrupts,
    attended: !json && terminal.canRedraw && terminal.canAsk,
    clock,
    logger,
    ...(planId !== undefined && { planId }),
  });
  // Whoever interrupted it wants it to end.
  if (exitCode < exitCodes.hungUp) {
    await letMirrorsFinish(context, hopper);
  }
  return exitCode;
}

/** The one plan of the run; one that is new is stored, and with `--json` its events are told. */
async function planIdOf(
  { json, printer }: Context,
  hopper: Hopper,
  wanted: Wanted,
): Promise<string | undefined> {
  if (wanted.kind !== "enqueue") {
    return wanted.kind === "plan" ? wanted.planId : undefined;
  }
  const listening = hopper.onDidChange((events) => {
    for (const event of json ? events : []) {
      printer.json(event);
    }
  });
  try {
    return (await hopper.enqueue(wanted.request)).planId;
  } finally {
    listening.dispose();
  }
}

function sayNotices({ json, printer, logger }: Context, { notices }: Hopper): void {
  for (const notice of notices) {
    if (json) {
      printer.json({ type: "notice", message: notice });
    } else {
      logger.warn(notice);
    }
  }
}
