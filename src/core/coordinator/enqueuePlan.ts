import { HopperError } from "../base/errors";
import { words } from "../base/words";
import type { EnqueueRequest } from "../protocol/commands";
import { InvalidPlanError, type ParsedPhase } from "../protocol/plan";
import type { PlanItem } from "../protocol/queue";
import type { RunnerKind } from "../protocol/terms";
import { priorities } from "../protocol/terms";
import type { NewPhase, Queue, StagedRows } from "../queue/queue";
import type { QueueReader } from "../queue/queueReader";
import { loadPlan } from "./loadPlan";
import type { LoadedPlan, PlanContext } from "./planSource";

/** The runner of phases that name none, where the plan's enqueuing names none either. */
export const standardRunner = "shell";

/**
 * Parses the plan and stores it with its phases; answers the plan's id.
 *
 * @param planWorker the bundle of planWorker.ts, which reads long plans.
 * @throws HopperError InvalidPlanError with the plan's problems, `usage`, `notFound`, `storage`, or
 * `conflict` when the file is not the one that was shown, or is enqueued and unfinished and the
 * request does not say what to do.
 */
export async function enqueuePlan(
  queue: Queue,
  request: EnqueueRequest,
  context: Omit<PlanContext, "defaultRunner">,
  planWorker: string,
): Promise<string> {
  const runner = request.runner ?? standardRunner;
  const planContext = { ...context, defaultRunner: runner };
  if (!context.runners.has(runner)) {
    const known = [...context.runners.keys()].join(", ");
    throw new HopperError("usage", words`There is no runner "${runner}": choose one of ${known}.`);
  }
  const loaded = await loadPlan(request, planContext, planWorker);
  assertAsShown(loaded, request.sha256, request.path);
  assertValid(loaded, request.path);
  const phases = loaded.plan.phases.map((phase) => {
    const name = phase.runner ?? runner;
    return newPhase(phase, name, context.runners.get(name)?.kind ?? "shell");
  });
  return phases.length <= fewPhases
    ? store(queue, request, loaded, phases)
    : queue.staged(phases, (staged) => store(queue, request, loaded, phases, staged));
}

/** So many are stored in one go within some milliseconds. */
const fewPhases = 40;

function store(
  queue: Queue,
  request: EnqueueRequest,
  loaded: LoadedPlan,
  phases: readonly NewPhase[],
  staged?: StagedRows,
): string {
  const { plan } = loaded;
  const unfinished = unfinishedPlanFrom(queue, loaded.sourcePath);
  if (unfinished && (request.ifEnqueued ?? "refuse") === "refuse") {
    throw new HopperError(
      "conflict",
      words`${unfinished.source_path ?? unfinished.title} is enqueued and unfinished already, as Plan ${unfinished.plan_number}: go on with it, replace it, or enqueue it again as a second copy.`,
    );
  }
  const newPlan = {
    title: request.title ?? plan.title,
    sourceSha256: loaded.sha256,
    context: plan.context,
    runner: request.runner ?? standardRunner,
    priority: request.priority ?? priorities.normal,
    phases,
    ...(loaded.sourcePath !== undefined && { sourcePath: loaded.sourcePath }),
    ...(request.parentIssue !== undefined && { parentIssue: request.parentIssue }),
    ...(unfinished && request.ifEnqueued === "replace" && { replaces: unfinished.plan_id }),
  };
  return queue.enqueue(newPlan, staged);
}

/** The newest plan of this file that is not wholly completed. */
export function unfinishedPlanFrom(
  queue: QueueReader,
  sourcePath: string | undefined,
): PlanItem | undefined {
  return sourcePath === undefined
    ? undefined
    : queue.plansFrom(sourcePath).find(({ plan_id }) => {
        const counts = queue.counts(plan_id);
        return [...counts.keys()].some((status) => status !== "completed");
      });
}

/** What is stored, and run, is what somebody saw and agreed to. */
export function assertAsShown(
  { sha256 }: LoadedPlan,
  shown: string | undefined,
  path?: string,
): void {
  if (shown !== undefined && shown.toLowerCase() !== sha256) {
    throw new HopperError(
      "conflict",
      words`${path ?? words`The plan`} changed since it was shown; nothing was stored. Look at it again first.`,
    );
  }
}

/** @throws HopperError InvalidPlanError when the plan has an error among its problems. */
export function assertValid({ plan }: LoadedPlan, path?: string): void {
  const errors = plan.problems.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first) {
    const said = words`${path ?? words`the plan`}:${first.startLine + 1}: ${first.words ?? first.message}`;
    const more = errors.length - 1;
    throw new InvalidPlanError(more > 0 ? words`${said} (and ${more} more)` : said, plan.problems);
  }
}

/** A phase as it is stored, for the runner that runs it. */
export function newPhase(phase: ParsedPhase, runner: string, kind: RunnerKind): NewPhase {
  const { timeout, retries, checkpoint } = phase;
  return {
    number: phase.number,
    label: phase.label,
    dependsOn: phase.dependsOn,
    runner,
    startLine: phase.startLine,
    data: {
      title: phase.title,
      content: phase.content,
      // Each text is stored once: a runner needs either the instructions or the blocks.
      instructions: kind === "command" ? phase.instructions : "",
      externalDocs: [...phase.externalDocs],
      blocks: kind === "shell" ? [...phase.blocks] : [],
      verify: [...phase.verify],
      properties: {
        ...(timeout !== undefined && { timeout }),
        ...(retries !== undefined && { retries }),
        ...(checkpoint !== undefined && { checkpoint }),
      },
    },
  };
}
