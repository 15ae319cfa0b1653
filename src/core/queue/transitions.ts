import type { PhaseReason, PhaseStatus } from "../protocol/terms";
import { HopperError } from "../base/errors";
import { type Words, words } from "../base/words";
import { statusWords } from "../protocol/words/statusWords";
import type { Change } from "./change";
import { movePhase } from "./frequentStatements";
import type { PhaseState } from "./rows";

/**
 * The states of a phase and every move between them.
 *
 * `queued`, `ready` and `blocked` are derived from the phases a phase depends on, and change into one
 * another whenever those do. `running` has an open attempt; `completed` and `failed` have a reason
 * where there is more to say.
 */
const allowedMoves: Readonly<Record<PhaseStatus, readonly PhaseStatus[]>> = {
  /** Waits for phases it depends on. */
  queued: ["ready", "blocked", "completed"],
  /** All it depends on are completed. */
  ready: ["queued", "blocked", "running", "completed"],
  /** A phase it depends on, directly or not, failed or was removed unfinished. The cause can change. */
  blocked: ["queued", "ready", "blocked", "completed"],
  /** An attempt is open; `ready` again when it failed and an automatic retry is left. */
  running: ["completed", "failed", "ready"],
  /** Nothing leaves it but a skip. */
  completed: [],
  /** Until somebody retries or skips it. */
  failed: ["ready", "completed"],
};

/** One phase's move; `phase` is its state as read in the same transaction. */
export interface Move {
  readonly phase: PhaseState;
  readonly to: PhaseStatus;
  readonly reason?: PhaseReason;
  readonly errorMessage?: string;
  /** The attempt that claims the phase. */
  readonly attemptId?: string;
  /** An automatic retry does not start before this time. */
  readonly notBefore?: string;
}

/**
 * Performs moves: checks them against the table, lets SQL guard each by the status (and the attempt)
 * it was decided on, and records one event a phase, in the order given.
 *
 * @throws HopperError `conflict` when a phase is no longer what the move was decided on.
 */
export function movePhases(change: Change, moves: readonly Move[]): void {
  if (moves.length === 0) {
    return;
  }
  for (const { phase, to } of moves) {
    if (!allowedMoves[phase.status].includes(to)) {
      throw new HopperError(
        "conflict",
        words`A ${statusWords[phase.status]} phase cannot become ${statusWords[to]}.`,
      );
    }
  }
  for (const { phase, to, reason, errorMessage, attemptId, notBefore } of moves) {
    const changed = change.run(movePhase, [
      change.at,
      phase.queueId,
      phase.status,
      phase.attemptId ?? null,
      to,
      reason ?? null,
      errorMessage ?? null,
      attemptId ?? null,
      notBefore ?? null,
    ]);
    if (changed !== 1) {
      throw new HopperError("conflict", words`The phase has changed meanwhile; nothing was done.`);
    }
  }
  change.recordAll(
    moves.map(({ phase, to, reason }) => ({
      type: "phase_changed",
      plan_id: phase.planId,
      queue_id: phase.queueId,
      phase_number: phase.number,
      from_status: phase.status,
      to_status: to,
      ...(reason && { reason }),
    })),
  );
}

/** Says why a phase in this status cannot be what was asked for. */
export function conflict(phase: PhaseState, what: Words): HopperError {
  return new HopperError(
    "conflict",
    words`${what}; Phase ${phase.number} is ${statusWords[phase.status]}.`,
  );
}
