import { resolve } from "node:path";
import {
  type LoadedPlan,
  loadPlanFile,
  parseAgain,
  type PlanContext,
} from "../../core/coordinator/planSource";
import { HopperError } from "../../core/base/errors";
import type { EnqueueRequest } from "../../core/protocol/commands";
import { InvalidPlanError } from "../../core/protocol/plan";
import type { Runners } from "../../core/protocol/runners";
import { hasErrors, printProblems, problemsInWords } from "../words/problems";
import type { Context } from "../context";
import type { RunnerSettings } from "../queue/runnerSettings";

/** A plan's file as named on the command line, read and parsed. */
export interface PlanFile {
  /** As it was typed, for messages and for commands to type again. */
  readonly name: string;
  readonly path: string;
  readonly loaded: LoadedPlan;
  /** The runner of phases that name none, once it is known. */
  readonly runner?: string;
}

/** @throws HopperError `notFound` or `usage` when the file cannot be read; its errors do not throw. */
export function readPlan(context: Context, { runners }: RunnerSettings, name: string): PlanFile {
  assertRunner(context, { runners });
  const runner = context.options.text("runner");
  const path = resolve(context.workingFolder, name);
  const loaded = loadPlanFile(path, planContext(context, runners, runner));
  return { name, path, loaded, ...(runner !== undefined && { runner }) };
}

/** @throws HopperError `usage` when `--runner` names none. */
export function assertRunner(
  { options }: Context,
  { runners }: Pick<RunnerSettings, "runners">,
): void {
  const runner = options.text("runner");
  if (runner !== undefined && !runners.has(runner)) {
    const known = [...runners.keys()].join(", ");
    throw new HopperError("usage", `There is no runner "${runner}": choose one of ${known}.`);
  }
}

/**
 * The plan as it was read, for this runner: only with one can be said whether a phase has something to
 * run. The file is not read again, since somebody has seen what was in it.
 */
export function withRunner(
  context: Context,
  { runners }: RunnerSettings,
  file: PlanFile,
  runner: string,
): PlanFile {
  return {
    ...file,
    loaded: parseAgain(file.loaded, planContext(context, runners, runner)),
    runner,
  };
}

function planContext({ workspace }: Context, runners: Runners, runner?: string): PlanContext {
  return {
    workspace: workspace.path,
    runners,
    ...(runner !== undefined && { defaultRunner: runner }),
  };
}

/**
 * Says what is wrong with a plan that is about to be enqueued.
 *
 * @throws InvalidPlanError when it cannot be.
 */
export function assertEnqueueable(context: Context, { name, loaded }: PlanFile): void {
  const { plan } = loaded;
  if (!context.json) {
    const worthSaying = plan.problems.filter(({ severity }) => severity !== "information");
    printProblems(context, name, worthSaying, (line) => context.printer.note(line));
  }
  if (hasErrors(plan)) {
    const errors = plan.problems.filter(({ severity }) => severity === "error");
    throw new InvalidPlanError(
      `${name} has ${problemsInWords(errors)}, so nothing was enqueued: mend it and try again.`,
      plan.problems,
    );
  }
}

/** What the options of the command line make of a plan's file. */
export function enqueueRequest(
  { options }: Context,
  { path, loaded, runner }: PlanFile,
  ifEnqueued: NonNullable<EnqueueRequest["ifEnqueued"]>,
): EnqueueRequest {
  const title = options.text("title");
  const parentIssue = options.number("parentIssue");
  const { priority } = options;
  return {
    path,
    sha256: loaded.sha256,
    ifEnqueued,
    ...(title !== undefined && { title }),
    ...(parentIssue !== undefined && { parentIssue }),
    ...(runner !== undefined && { runner }),
    ...(priority !== undefined && { priority }),
  };
}
