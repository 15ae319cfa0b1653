import { errorMessage, HopperError } from "../base/errors";
import { words } from "../base/words";
import type { ProcessIdentity, Verdict } from "../protocol/attempts";
import type { AttemptItem } from "../protocol/queue";
import { stored } from "../protocol/words/storedWords";
import type { StartContext } from "./attemptRequest";
import { factsOf, missingRunner } from "./attemptStart";
import type { AttemptFacts, OpenAttempt } from "./openAttempt";
import { storedReport } from "./processReport";

export interface RecoveryActions {
  /**
   * The database came from elsewhere: its process numbers and folders mean nothing here, so no
   * process is looked for and no signal is sent.
   */
  readonly distrust: boolean;
  watch(facts: AttemptFacts, process: ProcessIdentity | undefined): OpenAttempt;
  settle(attempt: OpenAttempt, verdict: Verdict): Promise<void>;
  /** Makes the folder of an attempt's verify blocks, of which nothing was started, and starts them. */
  verify(attempt: OpenAttempt): void;
  /** Finishes a stop that was cut off. */
  stop(attempt: OpenAttempt): Promise<void>;
}

/**
 * Goes through every attempt that the last host left open. What ended is settled, what runs is
 * watched again, what was announced but never started is started, and what nobody can know any more
 * becomes `interrupted`.
 */
export async function recoverAttempts(
  context: StartContext,
  actions: RecoveryActions,
): Promise<void> {
  for (const item of context.queue.openAttempts()) {
    const phase = context.queue.state(item.queue_id);
    const data = context.queue.phaseData(item.queue_id);
    if (!phase || !data) {
      throw new HopperError("damaged", words`Attempt ${item.attempt_id} belongs to no phase.`);
    }
    const attempt = actions.watch(
      factsOf(context.folders, phase, item, data, true),
      processOf(item),
    );
    attempt.report = storedReport(item);
    if (item.stop_requested) {
      attempt.stop = { reason: item.stop_requested, message: stopMessages(item.stop_requested) };
    }
    try {
      await recoverAttempt(context, actions, item, attempt);
    } catch (error) {
      // The trouble of one attempt must not keep the queue from opening.
      await actions.settle(attempt, interrupted(errorMessage(error)));
    }
  }
}

async function recoverAttempt(
  context: StartContext,
  actions: RecoveryActions,
  item: AttemptItem,
  attempt: OpenAttempt,
): Promise<void> {
  const { runner } = context;
  if (actions.distrust) {
    attempt.hasProcess = false;
    await actions.settle(attempt, interrupted("it belongs to a queue from elsewhere"));
    return;
  }
  if (wasNeverStartable(item)) {
    await actions.settle(attempt, { outcome: "spawn", message: whyNotStartable(item) });
    return;
  }
  if (!attempt.hasProcess) {
    if (attempt.stop) {
      await actions.stop(attempt);
    }
    return;
  }
  const { exit, started, alive, prepared, preparedInBoot } = runner.inspect(attempt.facts.folder);
  if (!exit && attempt.stop && (alive || !started)) {
    await actions.stop(attempt);
  } else if (attempt.facts.verifies && item.state === "starting" && !prepared && !started) {
    // Half made when everything died: nothing is started from a folder without a spec.
    actions.verify(attempt);
  } else if (exit ?? started ?? !prepared) {
    // What can be seen decides: it is settled, or watched on.
    attempt.look();
  } else if (item.state === "running") {
    await actions.settle(attempt, interrupted("its files were changed"));
  } else if (preparedInBoot === runner.bootId) {
    // Sending it again starts it at most once: the wrapper takes the folder or finds it taken.
    runner.launch(attempt.facts.folder);
  } else {
    await actions.settle(attempt, interrupted("the machine was restarted"));
  }
}

function interrupted(why: string): Verdict {
  return { outcome: "interrupted", message: `the attempt was interrupted: ${why}` };
}

function processOf({ pid, pid_started_at }: AttemptItem): ProcessIdentity | undefined {
  const [bootId, startTime] = pid_started_at?.split("/") ?? [];
  return pid === undefined || bootId === undefined || startTime === undefined
    ? undefined
    : { pid, bootId, startTime };
}

/** The host died between the claim and the word that there is nothing to start. */
function wasNeverStartable({ runner_kind, state, command, reported_at }: AttemptItem): boolean {
  const startsProcess = runner_kind === "shell" || runner_kind === "command";
  return (
    runner_kind === undefined ||
    (startsProcess && state === "starting" && command.length === 0 && reported_at === undefined)
  );
}

function whyNotStartable({ runner, runner_kind }: AttemptItem): string {
  return runner_kind === undefined
    ? missingRunner(runner)
    : "a program it needs could not be found; a retry says which";
}

function stopMessages(reason: NonNullable<AttemptItem["stop_requested"]>): string {
  const messages: Partial<Record<typeof reason, string>> = {
    cancelled: stored("cancelledByYou"),
    timeout: "ran longer than its time-out",
    idle: "gave no output for too long",
  };
  return messages[reason] ?? `stopped: ${reason}`;
}
