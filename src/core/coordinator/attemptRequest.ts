import { HopperError } from "../base/errors";
import { words } from "../base/words";
import type { AttemptRequest, AttemptRunner } from "../protocol/attempts";
import type { PhaseData } from "../protocol/queue";
import type { RunnerDefinition, Runners } from "../protocol/runners";
import type { Queue } from "../queue/queue";
import type { PhaseState } from "../queue/rows";
import type { AttemptWorkflows } from "../queue/workflowReader";
import type { AttemptFolders } from "./attemptFolders";
import { findDocument } from "./planSource";

export interface StartContext {
  readonly queue: Queue;
  readonly runner: AttemptRunner;
  readonly folders: AttemptFolders;
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  readonly runners: () => Runners;
  readonly workflowsAtClaim?: (queueId: string) => AttemptWorkflows;
}

export type AttemptIds = Pick<AttemptRequest, "attemptId" | "queueId" | "attemptNumber">;

/** What to make the folder of a phase's attempt of; undefined where its runner starts no process. */
export function attemptRequest(
  context: StartContext,
  phase: PhaseState,
  ids: AttemptIds,
  data = requiredData(context.queue, phase.queueId),
): AttemptRequest | undefined {
  const definition = context.runners().get(phase.runner);
  if (definition?.kind !== "shell" && definition?.kind !== "command") {
    return undefined;
  }
  const folder = context.folders.of(ids.queueId, ids.attemptNumber);
  return requestFor(context, phase, ids, folder, data, definition);
}

/** What to make a folder of, by this definition of a runner. */
export function requestFor(
  context: StartContext,
  phase: PhaseState,
  ids: AttemptIds,
  folder: string,
  data: PhaseData,
  definition: RunnerDefinition,
): AttemptRequest {
  const plan = context.queue.plan(phase.planId);
  return {
    ...ids,
    folder,
    planNumber: plan?.plan_number ?? 0,
    planTitle: plan?.title ?? "",
    planContext: definition.kind === "command" ? context.queue.planContext(phase.planId) : "",
    phaseNumber: phase.number,
    title: data.title,
    workspace: context.workspace,
    runnerName: phase.runner,
    definition,
    instructions: data.instructions,
    // A runner works in the workspace folder: it is told where a document is from there.
    externalDocs: data.externalDocs.map(
      (document) => findDocument(document, context.workspace, plan?.source_path) ?? document,
    ),
    blocks: definition.kind === "shell" ? data.blocks : [],
    verify: data.verify,
  };
}

/** @throws HopperError `notFound` */
export function requiredData(queue: Queue, queueId: string): PhaseData {
  const data = queue.phaseData(queueId);
  if (!data) {
    throw new HopperError("notFound", words`There is no phase ${queueId} in this queue.`);
  }
  return data;
}
