import { HopperError } from "../base/errors";
import { withoutSecrets } from "../base/secrets";
import { words } from "../base/words";
import { statusWords } from "../protocol/words/statusWords";
import { stored } from "../protocol/words/storedWords";
import type { ProcessIdentity, Verdict } from "../protocol/attempts";
import type { RunnerKind } from "../protocol/terms";
import type { Change } from "./change";
import { endAttempt, insertAttempt, startAttempt } from "./frequentStatements";
import type { Readiness } from "./readiness";
import { type PhaseState, phaseState, phaseStateColumns } from "./rows";
import { optionalText } from "./sqlDatabase";
import { movePhases } from "./transitions";
import { noteWorkflows } from "./workflowChanges";
import type { AttemptWorkflows } from "./workflowReader";

/** What a claim makes of a phase. */
export interface Claim {
  readonly queueId: string;
  readonly attemptId: string;
  readonly attemptNumber: number;
  readonly runner: string;
  readonly command: readonly string[];
  /** Kinds that start no process are `running` at once. */
  readonly startsProcess: boolean;
  /** What its runner says; nothing where there is no such runner. */
  readonly terms?: AttemptTerms;
  /** Of an `external` attempt: the rows of outside programs that do not speak of it. */
  readonly workflows?: AttemptWorkflows;
}

/** What an attempt is and how long it may take: decided at its claim, whatever is configured later. */
export interface AttemptTerms {
  readonly kind: RunnerKind;
  /** Seconds; 0 is none. */
  readonly timeout: number;
  readonly idleTimeout: number;
}

/** How an attempt ended, and what becomes of its phase. */
export interface Settlement {
  readonly attemptId: string;
  readonly verdict: Verdict;
  /** The wrapper, where it was not noted before. */
  readonly process?: ProcessIdentity;
  readonly logBytes?: number;
  /** Makes a failed phase ready again at this time instead of failing it. */
  readonly retryAt?: string;
}

/** Moves a ready phase to running with a new attempt. */
export function claimPhase(change: Change, phase: PhaseState, claim: Claim): void {
  if (phase.status !== "ready") {
    throw new HopperError("conflict", words`The phase is ${statusWords[phase.status]}, not ready.`);
  }
  change.run(insertAttempt, [
    claim.attemptId,
    claim.queueId,
    claim.attemptNumber,
    claim.runner,
    JSON.stringify(claim.command),
    claim.startsProcess ? "starting" : "running",
    change.at,
    claim.terms?.kind ?? null,
    claim.terms?.timeout ?? null,
    claim.terms?.idleTimeout ?? null,
  ]);
  if (claim.workflows) {
    noteWorkflows(change, claim.attemptId, claim.workflows);
  }
  movePhases(change, [{ phase, to: "running", attemptId: claim.attemptId }]);
}

/** Notes that an attempt was reported as done: what is started next are its verify blocks. */
export function noteReport(change: Change, attemptId: string, evidence: unknown): void {
  change.run(
    `UPDATE attempts SET state = 'starting', evidence = ?, reported_at = ?
     WHERE attempt_id = +? AND state = 'running' AND reported_at IS NULL`,
    [withoutSecrets(JSON.stringify(evidence)), change.at, attemptId],
  );
}

/** Notes which process runs an attempt. A late word on an ended attempt changes nothing. */
export function noteProcess(change: Change, attemptId: string, process: ProcessIdentity): void {
  change.run(startAttempt, [process.pid, startOf(process), attemptId]);
}

/**
 * Ends an attempt and moves its phase, with everything that follows from it.
 *
 * @returns false when the attempt had ended before: a repeat changes nothing.
 */
export function settleAttempt(
  change: Change,
  readiness: Readiness,
  settlement: Settlement,
): boolean {
  const { attemptId, verdict, retryAt } = settlement;
  const phase = endOpenAttempt(change, settlement) ? phaseRunning(change, attemptId) : undefined;
  if (!phase) {
    return false;
  }
  const { outcome, message } = verdict;
  const errorMessage = message === undefined ? {} : { errorMessage: withoutSecrets(message) };
  if (outcome === "completed") {
    movePhases(change, [{ phase, to: "completed" }]);
    pauseAtCheckpoint(change, phase);
  } else if (retryAt === undefined) {
    movePhases(change, [{ phase, to: "failed", reason: outcome, ...errorMessage }]);
  } else {
    movePhases(change, [{ phase, to: "ready", notBefore: retryAt, ...errorMessage }]);
  }
  movePhases(change, readiness.consequences(change, phase.planId, phase.number));
  return true;
}

function endOpenAttempt(
  change: Change,
  { attemptId, verdict, ...settlement }: Settlement,
): boolean {
  const ended = change.run(endAttempt, [
    change.at,
    verdict.exitCode ?? null,
    verdict.signal ?? null,
    verdict.outcome,
    verdict.evidence === undefined ? null : withoutSecrets(JSON.stringify(verdict.evidence)),
    settlement.logBytes ?? null,
    settlement.process?.pid ?? null,
    settlement.process ? startOf(settlement.process) : null,
    attemptId,
  ]);
  return ended > 0;
}

/** The phase that runs by this very attempt. */
function phaseRunning(change: Change, attemptId: string): PhaseState | undefined {
  const row = change.get(
    `SELECT ${phaseStateColumns} FROM phase_queue
     WHERE status = 'running' AND attempt_id = ?1
       AND queue_id = (SELECT queue_id FROM attempts WHERE attempt_id = ?1)`,
    [attemptId],
  );
  return row && phaseState(row);
}

/** Holds back what is left of the plan; of a plan that is finished nothing is. */
function pauseAtCheckpoint(change: Change, phase: PhaseState): void {
  const row = change.get(
    `SELECT phase_data ->> '$.properties.checkpoint' AS checkpoint FROM phase_queue
     WHERE queue_id = ?`,
    [phase.queueId],
  );
  const checkpoint = row && optionalText(row, "checkpoint");
  // Looked for last: in a plan that is nearly done it is a long way to a phase that is not.
  const isLeft = (): boolean =>
    change.get(
      "SELECT 1 AS found FROM phase_queue WHERE plan_id = +? AND status <> 'completed' LIMIT 1",
      [phase.planId],
    ) !== undefined;
  if (checkpoint !== undefined && isLeft()) {
    const reason = stored("checkpoint", phase.number, checkpoint);
    change.run("UPDATE plans SET paused_reason = ? WHERE plan_id = ?", [reason, phase.planId]);
    change.record({ type: "plan_paused", plan_id: phase.planId, reason });
  }
}

/** A process's start in one word: the boot, and the start time in it. */
function startOf({ bootId, startTime }: ProcessIdentity): string {
  return `${bootId}/${startTime}`;
}
