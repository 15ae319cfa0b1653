import { english, joined, type Text, type Words, words } from "../base/words";
import type { Waiting } from "../protocol/snapshot";
import { localTime } from "../protocol/words/duration";
import { storedWords } from "../protocol/words/storedWords";
import type { PhaseQueueItem } from "../protocol/queue";
import type { QueueReader } from "../queue/queueReader";

export interface WaitingQuestion {
  /** Of this plan alone, else of the whole queue. */
  readonly planId?: string;
  /** ISO time; retries due before it are not waited for. */
  readonly now: string;
  /** What keeps the coordinator from working. */
  readonly trouble?: Text | undefined;
  /** Puts it into the language of who reads it; English without. */
  readonly say?: (text: Text) => string;
}

/** As {@link Waiting}, in words that can be said in more than one language. */
interface WaitingWords extends Pick<Waiting, "kind"> {
  readonly text: Text;
}

/** What the queue is waiting for, in one sentence, the most pressing thing first. */
export function whatItWaitsFor(queue: QueueReader, question: WaitingQuestion): Waiting {
  const waiting = mostPressing(queue, question);
  const plan = question.planId === undefined ? undefined : queue.plan(question.planId);
  const paused = queue.pausedReason ?? plan?.paused_reason;
  // What runs goes on to its end under a pause: that alone would look as if more came after it.
  const text =
    paused !== undefined && atWork.has(waiting.kind)
      ? joined([storedWords(paused), waiting.text], "; ")
      : waiting.text;
  return { ...waiting, text: (question.say ?? english)(text) };
}

/** The kinds in which a phase runs. */
const atWork: ReadonlySet<Waiting["kind"]> = new Set(["running", "person", "workflow"]);

function mostPressing(queue: QueueReader, question: WaitingQuestion): WaitingWords {
  const { trouble, now } = question;
  if (trouble !== undefined) {
    return { kind: "trouble", text: trouble };
  }
  // Not those that wait for others: there can be thousands, and they decide nothing here.
  const phases = queue.phasesWith(["running", "ready", "failed"], question.planId);
  // What is said of one plan stands beside its title.
  const several = question.planId === undefined && queue.plans().length > 1;
  const running = phases.filter(({ status }) => status === "running");
  const turns = turnsOfOthers(queue, running);
  const waitsFor = (kind: "manual" | "external"): PhaseQueueItem[] =>
    running.filter(({ queue_id }) => turns.get(queue_id) === kind);
  const byPerson = waitsFor("manual");
  const byWorkflow = waitsFor("external");
  const byProcess = running.filter(({ queue_id }) => !turns.has(queue_id));
  const ready = phases.filter(({ status }) => status === "ready");
  const paused = queue.pausedReason;
  const startable = paused === undefined ? ready.filter((phase) => !pausedPlan(queue, phase)) : [];
  const due = startable.filter(({ not_before }) => (not_before ?? "") <= now);
  if (byProcess.length > 0) {
    const said = words`${list(byProcess, several)} running`;
    const others =
      byPerson.length > 0 ? [words`${list(byPerson, several)} for a person to do`] : [];
    return { kind: "running", text: joined([said, ...others], "; ") };
  }
  const [next] = due;
  if (next) {
    // Whatever else runs has the slots: with one to spare it would have been started already.
    const others = question.planId === undefined ? [] : processesOf(queue);
    if (others.length === 0) {
      return { kind: "running", text: words`${name(next, several)} is about to start` };
    }
    if (byWorkflow.length === 0 && byPerson.length === 0) {
      return { kind: "running", text: words`waiting for ${list(others, true)}` };
    }
  }
  const [retry] = startable;
  if (retry && !next) {
    const time = localTime(retry.not_before ?? question.now).slice(11);
    return { kind: "retry", text: words`${name(retry, several)} is tried again at ${time}` };
  }
  if (byWorkflow.length > 0) {
    return {
      kind: "workflow",
      text: words`waiting for the workflow of ${list(byWorkflow, several)}`,
    };
  }
  if (byPerson.length > 0) {
    return { kind: "person", text: words`waiting for a person: ${list(byPerson, several)}` };
  }
  const [held] = ready;
  if (held) {
    const reason = paused ?? pausedPlan(queue, held);
    return { kind: "paused", text: reason === undefined ? words`paused` : storedWords(reason) };
  }
  const failed = phases.filter(({ status }) => status === "failed");
  if (failed.length > 0) {
    return { kind: "failed", text: words`${list(failed, several)} failed` };
  }
  const blocked = queue.phasesWith(["blocked", "queued"], question.planId);
  if (blocked.length > 0) {
    return { kind: "failed", text: words`${list(blocked, several)} blocked` };
  }
  return { kind: "completed", text: words`all phases are completed` };
}

/** The phases of all plans that a process is at work on. */
function processesOf(queue: QueueReader): PhaseQueueItem[] {
  const running = queue.phasesWith(["running"]);
  const turns = turnsOfOthers(queue, running);
  return running.filter(({ queue_id }) => !turns.has(queue_id));
}

/**
 * Whose turn it is in phases that no process is at work on, by the phase's id. What the attempt was
 * at its claim counts: its runner may be missing from the configuration by now, or be another kind.
 */
export function turnsOfOthers(
  queue: QueueReader,
  running: readonly PhaseQueueItem[],
): ReadonlyMap<string, "manual" | "external"> {
  const turns = new Map<string, "manual" | "external">();
  const open = running.length > 0 ? queue.openAttempts() : [];
  for (const { queue_id, runner_kind, reported_at } of open) {
    const isReported = reported_at !== undefined;
    if (!isReported && (runner_kind === "manual" || runner_kind === "external")) {
      turns.set(queue_id, runner_kind);
    }
  }
  return turns;
}

function pausedPlan(queue: QueueReader, phase: PhaseQueueItem): string | undefined {
  return queue.plan(phase.plan_id)?.paused_reason;
}

/** "Phase 2" or, where there are several plans, "Phase 2 of Plan 1". */
function name(phase: PhaseQueueItem, several: boolean): Words {
  return several
    ? words`Phase ${phase.phase_number} of Plan ${phase.plan_number}`
    : words`Phase ${phase.phase_number}`;
}

function list(phases: readonly PhaseQueueItem[], several: boolean): Words {
  const shown = phases.slice(0, 3).map((phase) => name(phase, several));
  const more = phases.length - shown.length;
  const names = joined(shown, ", ");
  return more > 0 ? words`${names} and ${more} more` : names;
}
