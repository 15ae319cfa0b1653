import assert from "node:assert/strict";
import type { QueueEvent } from "../../../src/core/protocol/queue";
import { type Chain, followEvents } from "../support/chains";

/** What the books need of an attempt; the API's answers and the queue's rows have it alike. */
export interface AttemptEntry {
  readonly attempt_id: string;
  readonly attempt_number: number;
  readonly runner: string;
  readonly state: string;
  readonly outcome?: string | undefined;
}

export interface Books {
  readonly events: readonly QueueEvent[];
  /** Attempts of each phase that there is, or that there was when its plan was done. */
  readonly attempts: ReadonlyMap<string, readonly AttemptEntry[]>;
  readonly statuses: ReadonlyMap<string, string>;
  /** `QUEUE_ID.ATTEMPT_ID` of whoever began, and whoever came to its end, as found on the disk. */
  readonly starts: readonly string[];
  readonly ends: readonly string[];
  readonly twice: readonly string[];
}

export interface Balance {
  readonly phases: number;
  readonly attempts: number;
  readonly starts: number;
  /** Attempts that were stopped before their first line. */
  readonly neverBegan: number;
  readonly removed: number;
  readonly events: number;
  readonly twice: number;
}

/** @throws AssertionError when the events, the queue and the disk do not say the same. */
export function balance(books: Books): Balance {
  const chains = followEvents(books.events);
  assert.deepEqual(books.twice, [], "an attempt was started twice");
  const starts = byPhase(books.starts);
  const ends = byPhase(books.ends);
  assert.deepEqual(
    [...starts.keys()].filter((queueId) => !chains.has(queueId)),
    [],
    "something ran that the events do not know of",
  );
  let attempts = 0;
  let neverBegan = 0;
  for (const [queueId, chain] of chains) {
    const began = starts.get(queueId) ?? new Set<string>();
    const known = books.attempts.get(queueId);
    assert.equal(books.statuses.get(queueId), chain.status, `${queueId}: row and events`);
    assert.equal(chain.claims, chain.ends, `${queueId}: an attempt is still open`);
    attempts += chain.claims;
    if (known) {
      neverBegan += balancePhase(queueId, chain, known, began, ends.get(queueId) ?? new Set());
    } else {
      assert.ok(began.size <= chain.claims, `${queueId}: more starts than claims`);
    }
  }
  const removed = [...chains.values()].filter(({ status }) => status === undefined).length;
  return {
    phases: chains.size,
    attempts,
    starts: books.starts.length,
    neverBegan,
    removed,
    events: books.events.length,
    twice: books.twice.length,
  };
}

/** Answers how many of the phase's attempts never began. */
function balancePhase(
  queueId: string,
  chain: Chain,
  attempts: readonly AttemptEntry[],
  began: ReadonlySet<string>,
  ended: ReadonlySet<string>,
): number {
  assert.deepEqual(
    attempts.map(({ attempt_number }) => attempt_number),
    attempts.map((_, index) => index + 1),
    `${queueId}: attempts are numbered`,
  );
  assert.equal(attempts.length, chain.claims, `${queueId}: attempts and claims`);
  const known = new Set(attempts.map(({ attempt_id }) => attempt_id));
  assert.deepEqual(
    [...began].filter((id) => !known.has(id)),
    [],
    `${queueId}: something ran that the queue does not know of`,
  );
  let neverBegan = 0;
  for (const { attempt_id: id, runner, state, outcome } of attempts) {
    assert.equal(state, "ended", `${queueId} ${id}`);
    if (runner === "manual") {
      continue;
    }
    if (outcome === "completed") {
      assert.ok(began.has(id) && ended.has(id), `${queueId} ${id}: completed, but never ran`);
    }
    // Hosts were killed, never what they had started: nothing can have been interrupted or lost.
    const reasons = ["completed", "exit", "signal", "timeout", "cancelled"];
    assert.ok(reasons.includes(outcome ?? ""), `${queueId} ${id}: ${outcome ?? "no outcome"}`);
    if (!began.has(id)) {
      const stopped = outcome === "cancelled" || outcome === "timeout";
      assert.ok(stopped, `${queueId} ${id}: ${outcome ?? ""}, but it never began`);
      neverBegan++;
    }
  }
  return neverBegan;
}

function byPhase(names: readonly string[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const name of names) {
    const [queueId = "", attemptId = ""] = name.split(".");
    found.set(queueId, (found.get(queueId) ?? new Set()).add(attemptId));
  }
  return found;
}
