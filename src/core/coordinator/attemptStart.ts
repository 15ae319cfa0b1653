import { randomUUID } from "node:crypto";
import { HopperError } from "../base/errors";
import type { AttemptRequest, AttemptRunner, PreparedAttempt } from "../protocol/attempts";
import type { AttemptItem, PhaseData } from "../protocol/queue";
import type { RunnerDefinition, Runners } from "../protocol/runners";
import type { Queue } from "../queue/queue";
import type { PhaseState } from "../queue/rows";
import type { AttemptAhead } from "./attemptAhead";
import type { AttemptFolders } from "./attemptFolders";
import type { AttemptFacts } from "./openAttempt";
import { findDocument } from "./planSource";

/** Seconds a whole attempt may take, and how long an agent may be silent, where nothing says so. */
const defaults = { timeout: 60 * 60, externalDeadline: 24 * 60 * 60, agentIdle: 15 * 60 };

export interface StartContext {
  readonly queue: Queue;
  readonly runner: AttemptRunner;
  readonly folders: AttemptFolders;
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  readonly runners: () => Runners;
}

/** An attempt that was claimed; `problem` says why it cannot be started. */
export interface ClaimedAttempt {
  readonly facts: AttemptFacts;
  readonly problem?: string;
}

/**
 * Makes an attempt of a ready phase: its folder first, unless `ahead` made it already, then the
 * durable claim. Nothing is started here; a folder whose claim fails is removed again.
 *
 * @throws HopperError `storage` or `conflict`, with the phase still ready.
 */
export function claimAttempt(
  context: StartContext,
  phase: PhaseState,
  ahead: AttemptAhead,
): ClaimedAttempt {
  const { queue, runner, folders } = context;
  const { queueId } = phase;
  const attemptNumber = queue.nextAttemptNumber(queueId);
  const known = ahead.take(queueId, attemptNumber);
  const ids = { attemptId: known ?? randomUUID(), queueId, attemptNumber };
  const request = attemptRequest(context, phase, ids);
  let prepared: PreparedAttempt = { command: [] };
  if (request) {
    folders.refuseLinks(queueId);
    if (known === undefined) {
      folders.clear(request.folder);
    }
    prepared = runner.prepare(request);
  } else if (!context.runners().has(phase.runner)) {
    const problem = `There is no runner "${phase.runner}": name it in the runner configuration`;
    prepared = { command: [], problem };
  }
  try {
    queue.claim({
      ...ids,
      runner: phase.runner,
      command: prepared.command,
      startsProcess: request !== undefined,
    });
  } catch (error) {
    void folders.remove(folders.of(queueId, attemptNumber));
    throw error;
  }
  const attempt = queue.attempt(ids.attemptId);
  if (!attempt) {
    throw new Error(`attempt ${ids.attemptId} is gone right after its claim`);
  }
  const facts = factsOf(context, phase, attempt, requiredData(queue, queueId), false);
  const { problem } = prepared;
  return problem === undefined ? { facts } : { facts, problem };
}

/** What to make the folder of this attempt of; undefined where its runner starts no process. */
export function attemptRequest(
  context: StartContext,
  phase: PhaseState,
  ids: Pick<AttemptRequest, "attemptId" | "queueId" | "attemptNumber">,
): AttemptRequest | undefined {
  const definition = context.runners().get(phase.runner);
  if (definition?.kind !== "shell" && definition?.kind !== "command") {
    return undefined;
  }
  const folder = context.folders.of(ids.queueId, ids.attemptNumber);
  const data = requiredData(context.queue, ids.queueId);
  return requestFor(context, phase, ids, folder, data, definition);
}

/** Makes the folder in which the verify blocks of an `external` or `manual` attempt are run. */
export function prepareVerify(
  context: StartContext,
  phase: PhaseState,
  attempt: AttemptItem,
): { readonly folder: string; readonly problem?: string } {
  const { queue, runner, folders } = context;
  const data = requiredData(queue, phase.queueId);
  const folder = folders.verifyOf(phase.queueId, attempt.attempt_number);
  const definition = context.runners().get(phase.runner) ?? { kind: "manual" as const };
  const item = {
    attemptId: attempt.attempt_id,
    queueId: phase.queueId,
    attemptNumber: attempt.attempt_number,
  };
  const request = requestFor(context, phase, item, folder, data, definition);
  // Nothing was launched from a folder without a spec: a crash left it half made.
  folders.refuseLinks(phase.queueId);
  folders.clear(folder);
  const { problem } = runner.prepare(request);
  return problem === undefined ? { folder } : { folder, problem };
}

/** What the coordinator knows of an attempt, new or found at start-up. */
export function factsOf(
  context: StartContext,
  phase: PhaseState,
  attempt: AttemptItem,
  data: PhaseData,
  reattached: boolean,
): AttemptFacts {
  const definition = context.runners().get(phase.runner);
  // Its runner may have been taken out of the configuration since.
  const kind = definition?.kind ?? (attempt.command.length === 0 ? "manual" : "command");
  const idle = definition && "idleTimeout" in definition ? definition.idleTimeout : undefined;
  return {
    attemptId: attempt.attempt_id,
    queueId: phase.queueId,
    planId: phase.planId,
    phaseNumber: phase.number,
    kind,
    folder: context.folders.of(phase.queueId, attempt.attempt_number),
    timeout: data.properties.timeout ?? definition?.timeout ?? defaultTimeout(kind),
    idleTimeout: idle ?? (kind === "command" ? defaults.agentIdle : 0),
    retries: data.properties.retries ?? 0,
    startedAt: attempt.started_at,
    reattached,
  };
}

function requestFor(
  context: StartContext,
  phase: PhaseState,
  ids: Pick<AttemptRequest, "attemptId" | "queueId" | "attemptNumber">,
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

function requiredData(queue: Queue, queueId: string): PhaseData {
  const data = queue.phaseData(queueId);
  if (!data) {
    throw new HopperError("notFound", `There is no phase ${queueId} in this queue.`);
  }
  return data;
}

/** Seconds an attempt of this kind may take where nothing says so. */
export function defaultTimeout(kind: RunnerDefinition["kind"]): number {
  switch (kind) {
    case "shell":
    case "command":
      return defaults.timeout;
    case "external":
      return defaults.externalDeadline;
    case "manual":
      return 0;
  }
}
