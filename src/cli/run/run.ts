import { HopperError } from "../../core/base/errors";
import { unfinishedPlanFrom } from "../../core/coordinator/enqueuePlan";
import { InvalidPlanError } from "../../core/protocol/plan";
import { compileLater } from "../compiling";
import type { Context } from "../context";
import { letMirrorsFinish } from "../github/finish";
import type { QueueEvent } from "../../core/protocol/queue";
import type { QueueReader } from "../../core/queue/queueReader";
import { type ExitCode, exitCodes } from "../exitCodes";
import { options as knownOptions } from "../options";
import { LiveReporter } from "../live/liveReporter";
import { type Adoption, decideOnAdoption, openAdopted } from "../queue/adoption";
import { FollowedQueue } from "../queue/followedQueue";
import { assertNotOwned, isFollowed, mayPass } from "../queue/owner";
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
import { enqueueRequest, type PlanFile, readPlan, refusedByQueue } from "./planFile";
import type { RunReporter } from "./reporter";
import type { RunQueue } from "../queue/runQueue";
import { runToEnd } from "./runToEnd";
import { Summary } from "./summary";

/** Enqueues a plan, or finds it enqueued, and runs it to its end; without one, everything goes on. */
export async function run(context: Context, file: string | undefined): Promise<ExitCode> {
  compileLater();
  const settings = runnerSettings(context);
  assertNotOwned(context, mayPass);
  const { adoption, wanted } = await decide(context, settings, file);
  if (wanted === undefined) {
    return exitCodes.interrupted;
  }
  const interrupts = new Interrupts(context.printer.closed);
  try {
    const queue = await openQueue(context, settings, adoption);
    if (queue === "leave") {
      return exitCodes.interrupted;
    }
    try {
      return await runWanted(context, { queue, interrupts, wanted, file });
    } finally {
      await queue.stop();
    }
  } finally {
    interrupts.dispose();
  }
}

/** This process's own queue or, where another one owns it and runs phases, the way through that one. */
function openQueue(
  context: Context,
  settings: RunnerSettings,
  adoption: Adoption,
): Promise<RunQueue | "leave"> {
  // Looked for anew each time: an owner may have come, or gone, meanwhile.
  return patiently<RunQueue | "leave">(context, mayPass, () =>
    isFollowed(context)
      ? FollowedQueue.open(context, settings)
      : openAdopted(context, settings, adoption),
  );
}

/** What is to be run: all, one plan that is enqueued, or one that is to be. */
type Wanted =
  | { readonly kind: "all" }
  | { readonly kind: "plan"; readonly planId: string }
  | { readonly kind: "enqueue"; readonly request: EnqueueRequest; readonly file: PlanFile };

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
  const runnersOf = isFollowed(context) ? "owner" : "us";
  const file = name === undefined ? undefined : readPlan(context, settings, name, runnersOf);
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
      file: chosen,
    }
  );
}

interface OpenRun {
  readonly queue: RunQueue;
  readonly interrupts: Interrupts;
  readonly wanted: Wanted;
  readonly file: string | undefined;
}

async function runWanted(
  context: Context,
  { queue, interrupts, wanted, file }: OpenRun,
): Promise<ExitCode> {
  sayNotices(context, queue);
  if (interrupts.pending !== undefined) {
    return exitCodeOfInterrupt[interrupts.pending];
  }
  const planId = await planIdOf(context, queue, wanted);
  const comeBack = commandToType(context, "run", ...(file === undefined ? [] : [file]));
  const summary = new Summary(context, queue, comeBack);
  const { json, printer, terminal, clock, logger } = context;
  const reporter: RunReporter = json
    ? jsonReporter(printer)
    : terminal.canRedraw
      ? new LiveReporter(context, queue, interrupts, summary)
      : new LineReporter(context, queue, summary);
  const exitCode = await runToEnd({
    queue,
    reporter,
    interrupts,
    attended: !json && terminal.canRedraw && terminal.canAsk,
    clock,
    logger,
    ...(planId !== undefined && { planId }),
  });
  // Whoever interrupted it wants it to end.
  if (exitCode < exitCodes.hungUp) {
    await letMirrorsFinish(context, queue);
  }
  return exitCode;
}

/** The one plan of the run; one that is new is stored, and with `--json` its events are told. */
async function planIdOf(
  context: Context,
  queue: RunQueue,
  wanted: Wanted,
): Promise<string | undefined> {
  if (wanted.kind !== "enqueue") {
    return wanted.kind === "plan" ? wanted.planId : undefined;
  }
  const told: QueueEvent[] = [];
  const listening = queue.onDidChange((events) => told.push(...events));
  try {
    const planId = await enqueued(context, queue, wanted);
    // An owner that is followed may be at work on other plans meanwhile; one that is replaced is gone.
    const isOurs = ({ plan_id: plan }: QueueEvent): boolean =>
      plan === planId || (plan !== undefined && queue.queue.plan(plan) === undefined);
    for (const event of context.json ? told.filter(isOurs) : []) {
      context.printer.json(event);
    }
    return planId;
  } finally {
    listening.dispose();
  }
}

/** Stores the plan; of two runs that come with the same new file at once, the second joins the first. */
async function enqueued(
  context: Context,
  queue: RunQueue,
  { request, file }: Extract<Wanted, { readonly kind: "enqueue" }>,
): Promise<string> {
  try {
    return (await queue.enqueue(request)).planId;
  } catch (error) {
    if (error instanceof InvalidPlanError && queue.owner !== undefined) {
      throw refusedByQueue(context, file, error);
    }
    const { sourcePath, sha256 } = file.loaded;
    const isThere = error instanceof HopperError && error.kind === "conflict";
    const plan = isThere ? unfinishedPlanFrom(queue.queue, sourcePath) : undefined;
    if (plan?.source_sha256 !== sha256) {
      throw error;
    }
    return plan.plan_id;
  }
}

/** What opening the queue found and, where that is not this process, who runs the phases. */
function sayNotices(context: Context, { notices, owner }: RunQueue): void {
  const { json, printer, logger } = context;
  const say = (message: string, level: "info" | "warn"): void =>
    json ? printer.json({ type: "notice", message }) : logger[level](message);
  for (const notice of notices) {
    say(notice, "warn");
  }
  if (owner !== undefined) {
    say(`The queue is owned by ${owner}, which runs its phases; this run follows it.`, "info");
    const idle = optionsOfOwners(context);
    if (idle !== "") {
      say(`Its own settings count: ${idle} given here changes nothing.`, "warn");
    }
  }
}

/** What was given that only a run of one's own follows. */
function optionsOfOwners({ options }: Context): string {
  return (["maxConcurrent", "config", "workflowHistory"] as const)
    .filter((name) => (options.text(name) ?? options.number(name)) !== undefined)
    .map((name) => knownOptions[name].long ?? name)
    .join(", ");
}
