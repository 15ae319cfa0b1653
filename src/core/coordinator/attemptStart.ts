import { randomUUID } from "node:crypto";
import { HopperError } from "../base/errors";
import { words } from "../base/words";
import type { AttemptRequest, AttemptRunner, PreparedAttempt } from "../protocol/attempts";
import type { AttemptItem, PhaseData } from "../protocol/queue";
import type { RunnerDefinition } from "../protocol/runners";
import type { AttemptTerms } from "../queue/queue";
import type { PhaseState } from "../queue/rows";
import type { AttemptAhead } from "./attemptAhead";
import type { AttemptFolders } from "./attemptFolders";
import {
  type AttemptIds,
  attemptRequest,
  requestFor,
  requiredData,
  type StartContext,
} from "./attemptRequest";
import type { AttemptFacts } from "./openAttempt";

/** Seconds a whole attempt may take, and how long an agent may be silent, where nothing says so. */
const defaults = { timeout: 60 * 60, externalDeadline: 24 * 60 * 60, agentIdle: 15 * 60 };

/** An attempt that was claimed; `problem` says why it cannot be started. */
export interface ClaimedAttempt {
  readonly facts: AttemptFacts;
  readonly problem?: string;
}

/**
 * Makes an attempt of a ready phase: its folder first, unless it was made ahead, then the durable claim.
 * Nothing is started here; a folder whose claim fails is removed again.
 *
 * @throws HopperError `storage`, `conflict` or `owned`, with the phase still ready.
 */
export function claimAttempt(
  context: StartContext,
  phase: PhaseState,
  ahead: AttemptAhead,
): ClaimedAttempt {
  const { queue, folders } = context;
  // Of a host that stood still, another may have taken over meanwhile: the folder is that one's then.
  queue.assertOwned();
  const { queueId } = phase;
  const data = requiredData(queue, queueId);
  const attemptNumber = queue.nextAttemptNumber(queueId);
  const known = ahead.take(queueId, attemptNumber);
  const ids = { attemptId: known ?? randomUUID(), queueId, attemptNumber };
  const definition = context.runners().get(phase.runner);
  const prepared = ownTroubleAsProblem(() =>
    prepareAttempt(context, phase, ids, data, known !== undefined),
  );
  const terms = definition && termsOf(definition, data);
  let startedAt: string;
  try {
    startedAt = queue.claim({
      ...ids,
      runner: phase.runner,
      // What could not be started is known by its empty command, should this host die right now.
      command: prepared.problem === undefined ? prepared.command : [],
      startsProcess: definition?.kind === "shell" || definition?.kind === "command",
      ...(terms && { terms }),
      ...(definition?.kind === "external" &&
        context.workflowsAtClaim && { workflows: context.workflowsAtClaim(queueId) }),
    });
  } catch (error) {
    void folders.remove(folders.of(queueId, attemptNumber));
    throw error;
  }
  // As it was stored just now: reading it back would hold up its start.
  const attempt = {
    attempt_id: ids.attemptId,
    attempt_number: attemptNumber,
    started_at: startedAt,
    ...(terms && {
      runner_kind: terms.kind,
      timeout: terms.timeout,
      idle_timeout: terms.idleTimeout,
    }),
  };
  const facts = factsOf(folders, phase, attempt, data, false);
  return prepared.problem === undefined ? { facts } : { facts, problem: prepared.problem };
}

/** @param isMade a folder of this attempt was made ahead, and only needs a look. */
function prepareAttempt(
  context: StartContext,
  phase: PhaseState,
  ids: AttemptIds,
  data: PhaseData,
  isMade: boolean,
): PreparedAttempt {
  if (!context.runners().has(phase.runner)) {
    return { command: [], problem: missingRunner(phase.runner) };
  }
  const request = attemptRequest(context, phase, ids, data);
  if (!request) {
    return { command: [] };
  }
  const { folders, runner } = context;
  if (!isMade) {
    return prepareIn(folders, phase, runner, request);
  }
  folders.refuseLinks(phase.queueId);
  return runner.prepare(request);
}

/**
 * Makes the folder in which the verify blocks of an `external` or `manual` attempt are run.
 *
 * @throws HopperError `storage` or `owned`, with nothing made.
 */
export function prepareVerify(context: StartContext, phase: PhaseState): PreparedAttempt {
  const { queue, runner, folders } = context;
  queue.assertOwned();
  const data = requiredData(queue, phase.queueId);
  const item = phase.attemptId === undefined ? undefined : queue.attempt(phase.attemptId);
  if (!item) {
    throw new HopperError("conflict", words`Phase ${phase.number} has no attempt to verify.`);
  }
  const { attempt_id: attemptId, attempt_number: attemptNumber, runner_kind } = item;
  const folder = folders.verifyOf(phase.queueId, attemptNumber);
  const ids = { attemptId, queueId: phase.queueId, attemptNumber };
  const configured = context.runners().get(phase.runner);
  // A runner that became another kind since would add steps of its own.
  const definition =
    configured && configured.kind === runner_kind ? configured : { kind: "manual" as const };
  const request = requestFor(context, phase, ids, folder, data, definition);
  return prepareIn(folders, phase, runner, request);
}

/** What of a stored attempt the coordinator needs. */
type StoredAttempt = Pick<
  AttemptItem,
  | "attempt_id"
  | "attempt_number"
  | "runner_kind"
  | "timeout"
  | "idle_timeout"
  | "started_at"
  | "reported_at"
>;

/** What the coordinator knows of an attempt, new or found at start-up: as it was claimed. */
export function factsOf(
  folders: AttemptFolders,
  phase: PhaseState,
  attempt: StoredAttempt,
  data: PhaseData,
  reattached: boolean,
): AttemptFacts {
  const facts = {
    attemptId: attempt.attempt_id,
    queueId: phase.queueId,
    planId: phase.planId,
    phaseNumber: phase.number,
    kind: attempt.runner_kind,
    retries: data.properties.retries ?? 0,
    reattached,
  };
  return attempt.reported_at === undefined
    ? {
        ...facts,
        folder: folders.of(phase.queueId, attempt.attempt_number),
        verifies: false,
        timeout: attempt.timeout ?? 0,
        idleTimeout: attempt.idle_timeout ?? 0,
        startedAt: attempt.started_at,
      }
    : {
        ...facts,
        folder: folders.verifyOf(phase.queueId, attempt.attempt_number),
        verifies: true,
        // A start of its own: the person's or workflow's time is not its time.
        timeout: data.properties.timeout ?? defaults.timeout,
        idleTimeout: 0,
        startedAt: attempt.reported_at,
      };
}

function prepareIn(
  folders: AttemptFolders,
  { queueId }: PhaseState,
  runner: AttemptRunner,
  request: AttemptRequest,
): PreparedAttempt {
  folders.makeRoom(queueId, request.folder);
  return runner.prepare(request);
}

/**
 * A disk that refuses concerns every phase, and is waited for; whatever else is wrong with a phase's
 * folder concerns that phase alone, which fails, and the others go on.
 */
function ownTroubleAsProblem(prepare: () => PreparedAttempt): PreparedAttempt {
  try {
    return prepare();
  } catch (error) {
    if (error instanceof HopperError && error.kind !== "storage") {
      return { command: [], problem: error.message };
    }
    throw error;
  }
}

/** Why an attempt whose runner is not configured cannot be started. */
export function missingRunner(name: string): string {
  return `There is no runner "${name}": name it in the runner configuration`;
}

function termsOf(definition: RunnerDefinition, data: PhaseData): AttemptTerms {
  const { kind } = definition;
  const idle = "idleTimeout" in definition ? definition.idleTimeout : undefined;
  return {
    kind,
    timeout: data.properties.timeout ?? definition.timeout ?? defaultTimeout(kind),
    idleTimeout: idle ?? (kind === "command" ? defaults.agentIdle : 0),
  };
}

/** Seconds an attempt of this kind may take where nothing says so. */
function defaultTimeout(kind: RunnerDefinition["kind"]): number {
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
