import { resolve } from "node:path";
import {
  type LoadedPlan,
  loadPlanFile,
  parseAgain,
  type PlanContext,
} from "../../core/coordinator/planSource";
import { HopperError } from "../../core/base/errors";
import type { EnqueueRequest } from "../../core/protocol/commands";
import { InvalidPlanError, type PlanProblem, type ProblemCode } from "../../core/protocol/plan";
import type { Runners } from "../../core/protocol/runners";
import { printProblems, problemsInWords } from "../words/problems";
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
  /** Where the runners are configured that it is for. */
  readonly runnersOf: RunnersOf;
}

/** `owner`: the plan goes to the queue's owner, which alone knows what can be run there. */
export type RunnersOf = "us" | "owner";

/**
 * @param runnersOf "owner" leaves everything about runners to the owner to check.
 * @throws HopperError `notFound` or `usage` when the file cannot be read; its errors do not throw.
 */
export function readPlan(
  context: Context,
  { runners }: RunnerSettings,
  name: string,
  runnersOf: RunnersOf = "us",
): PlanFile {
  if (runnersOf === "us") {
    assertRunner(context, { runners });
  }
  const runner = context.options.text("runner");
  const path = resolve(context.workingFolder, name);
  const loaded = loadPlanFile(path, planContext(context, runners, runner));
  return { name, path, loaded, runnersOf, ...(runner !== undefined && { runner }) };
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
export function assertEnqueueable(context: Context, file: PlanFile): void {
  const problems = problemsOf(file);
  sayProblems(
    context,
    file,
    problems.filter(({ severity }) => severity !== "information"),
  );
  if (problems.some(({ severity }) => severity === "error")) {
    throw refusal(file, problems);
  }
}

/** What is wrong with a plan, as far as it is for this process to say. */
export function problemsOf({ loaded, runnersOf }: PlanFile): readonly PlanProblem[] {
  const { problems } = loaded.plan;
  return runnersOf === "us" ? problems : problems.filter(({ code }) => !runnerProblems.has(code));
}

/** Whether there are these depends on the configured runners. */
const runnerProblems: ReadonlySet<ProblemCode> = new Set(["unknown-runner", "no-block"]);

/** What the queue says of a plan that was sent to it, said as before it is. */
export function refusedByQueue(
  context: Context,
  file: PlanFile,
  { problems }: InvalidPlanError,
): InvalidPlanError {
  sayProblems(
    context,
    file,
    problems.filter(({ severity }) => severity === "error"),
  );
  return refusal(file, problems);
}

function sayProblems(context: Context, { name }: PlanFile, problems: readonly PlanProblem[]): void {
  if (!context.json) {
    printProblems(context, name, problems, (line) => context.printer.note(line));
  }
}

function refusal({ name }: PlanFile, problems: readonly PlanProblem[]): InvalidPlanError {
  const errors = problems.filter(({ severity }) => severity === "error");
  return new InvalidPlanError(
    `${name} has ${problemsInWords(errors)}, so nothing was enqueued: mend it and try again.`,
    problems,
  );
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
