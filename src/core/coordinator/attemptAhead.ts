import { randomUUID } from "node:crypto";
import { HopperError } from "../base/errors";
import type { PhaseState } from "../queue/rows";
import { attemptRequest, type StartContext } from "./attemptRequest";

/**
 * The folder of the attempt that will probably be next, made while the one before it runs: making
 * its files takes as long as the rest of a short phase's start. Only a guess, so that nothing is
 * stored; a folder nobody claims is taken back, or swept at the next start.
 */
export class AttemptAhead {
  private guess: Guess | undefined;

  constructor(private readonly context: StartContext) {}

  /**
   * Makes the folder of this phase's next attempt, in place of an earlier guess.
   *
   * @throws HopperError `owned`
   */
  prepare(phase: PhaseState): void {
    this.context.queue.assertOwned();
    const attemptNumber = this.context.queue.nextAttemptNumber(phase.queueId);
    if (this.guess?.queueId === phase.queueId && this.guess.attemptNumber === attemptNumber) {
      return;
    }
    this.drop();
    const ids = { attemptId: randomUUID(), queueId: phase.queueId, attemptNumber };
    const { folders, runner } = this.context;
    try {
      const request = attemptRequest(this.context, phase, ids);
      if (request) {
        folders.makeRoom(phase.queueId, request.folder);
        runner.prepareAhead(request);
        this.guess = { ...ids, folder: request.folder };
      }
    } catch (error) {
      // Whatever it is, the claim will meet it and say so.
      if (!(error instanceof HopperError)) {
        throw error;
      }
    }
  }

  /** The id under which this attempt's folder was made; from now on it is the caller's. */
  take(queueId: string, attemptNumber: number): string | undefined {
    const { guess } = this;
    if (guess?.queueId !== queueId || guess.attemptNumber !== attemptNumber) {
      return undefined;
    }
    this.guess = undefined;
    return guess.attemptId;
  }

  /**
   * Takes the guess back.
   *
   * @throws HopperError `owned`: the same folder may be that of the new owner's attempt.
   */
  drop(): void {
    const { guess } = this;
    this.guess = undefined;
    if (guess) {
      this.context.queue.assertOwned();
      this.context.runner.settle(guess.folder);
    }
  }
}

interface Guess {
  readonly queueId: string;
  readonly attemptNumber: number;
  readonly attemptId: string;
  readonly folder: string;
}
