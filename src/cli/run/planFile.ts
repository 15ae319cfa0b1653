import { resolve } from "node:path";
import { type LoadedPlan, loadPlanFile } from "../../core/coordinator/planSource";
import { HopperError } from "../../core/base/errors";
import type { EnqueueRequest } from "../../core/protocol/commands";
import { InvalidPlanError } from "../../core/protocol/plan";
import { hasErrors, printProblems, problemsInWords } from "../commands/check";
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
export function readPlan(
  context: Context,
  { runners }: RunnerSettings,
  name: string,
  runner = context.options.text("runner"),
): PlanFile {
  if (runner !== undefined && !runners.has(runner)) {
    const known = [...runners.keys()].join(", ");
    throw new HopperError("usage", `There is no runner "${runner}": choose one of ${known}.`);
  }
  const path = resolve(context.workingFolder, name);
  const loaded = loadPlanFile(path, {
    workspace: context.workspace.path,
    runners,
    ...(runner !== undefined && { defaultRunner: runner }),
  });
  return { name, path, loaded, ...(runner !== undefined && { runner }) };
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
  { path, runner }: PlanFile,
  ifEnqueued: NonNullable<EnqueueRequest["ifEnqueued"]>,
): EnqueueRequest {
  const title = options.text("title");
  const parentIssue = options.number("parentIssue");
  const { priority } = options;
  return {
    path,
    ifEnqueued,
    ...(title !== undefined && { title }),
    ...(parentIssue !== undefined && { parentIssue }),
    ...(runner !== undefined && { runner }),
    ...(priority !== undefined && { priority }),
  };
}
