import assert from "node:assert/strict";
import type { QueueEvent } from "../../../src/core/protocol/queue";
import type { PhaseStatus } from "../../../src/core/protocol/terms";

/** The moves that there are, said a second time: the product's own table is not asked about itself. */
const moves: ReadonlySet<string> = new Set([
  "queued ready",
  "queued blocked",
  "queued completed",
  "ready queued",
  "ready blocked",
  "ready running",
  "ready completed",
  "blocked queued",
  "blocked ready",
  "blocked blocked",
  "blocked completed",
  "running completed",
  "running failed",
  "running ready",
  "failed ready",
  "failed completed",
]);

/** What the events say of one phase. */
export interface Chain {
  readonly planId: string | undefined;
  /** What it is; undefined once it was removed. */
  status: PhaseStatus | undefined;
  /** How often it was claimed. */
  claims: number;
  /** How many of these claims are over. */
  ends: number;
}

/**
 * Follows each phase through the events, which must begin with its enqueuing, go on gapless, each from
 * the status that the last one led to, and know no move that there is not.
 */
export function followEvents(events: readonly QueueEvent[]): Map<string, Chain> {
  const chains = new Map<string, Chain>();
  for (const [index, event] of events.entries()) {
    assert.equal(event.event_id, index + 1, "an event is missing");
    if (event.type === "plan_removed") {
      for (const chain of chains.values()) {
        if (chain.planId === event.plan_id) {
          assert.notEqual(chain.status, "running", "a running phase went with its plan");
          chain.status = undefined;
        }
      }
    }
    follow(chains, event);
  }
  return chains;
}

function follow(chains: Map<string, Chain>, event: QueueEvent): void {
  const { type, queue_id: queueId, plan_id: planId, from_status: from, to_status: to } = event;
  if (queueId === undefined || (from ?? to) === undefined) {
    return;
  }
  const what = `event ${event.event_id}, ${type} ${from ?? ""} > ${to ?? ""}`;
  const chain = chains.get(queueId);
  if (type === "phase_enqueued") {
    assert.equal(chain, undefined, `${what}: enqueued twice`);
    chains.set(queueId, { planId, status: to, claims: 0, ends: 0 });
    return;
  }
  assert.ok(chain, `${what}: of a phase that was never enqueued`);
  assert.equal(from, chain.status, `${what}: it was ${chain.status ?? "removed"}`);
  if (type === "phase_removed") {
    assert.notEqual(from, "running", what);
    chain.status = undefined;
    return;
  }
  assert.ok(moves.has(`${from ?? ""} ${to ?? ""}`), `${what}: there is no such move`);
  chain.status = to;
  chain.claims += to === "running" ? 1 : 0;
  chain.ends += from === "running" ? 1 : 0;
}
