import type { LogPiece, QueueSource } from "../../../src/core/api/queueSource";
import { EventEmitter } from "../../../src/core/base/event";
import type { AttemptItem, PlanItem, QueueEvent } from "../../../src/core/protocol/queue";
import { phase } from "./fakeCommands";

export const plan: PlanItem = {
  plan_id: "plan-1",
  plan_number: 3,
  title: "A plan",
  source_sha256: "0".repeat(64),
  parent_issue: 456,
  runner: "shell",
  created_at: "2026-03-01T10:02:00.000Z",
};

export const attempt: AttemptItem = {
  attempt_id: "attempt-1",
  queue_id: phase.queue_id,
  attempt_number: 1,
  runner: "shell",
  command: ["sh"],
  state: "running",
  started_at: "2026-03-01T10:02:00.000Z",
};

/** A queue of one plan with one phase, whose events and output the test makes. */
export class FakeQueue implements QueueSource {
  readonly log: QueueEvent[] = [];
  readonly attemptTokens = new Set<string>();
  output = Buffer.alloc(0);
  pausedReason: string | undefined;
  databaseId = "queue-1";
  /** Whether the attempts print nothing more than their output so far. */
  isOver = true;
  /** So often is the one phase listed. */
  copies = 1;
  private readonly changed = new EventEmitter<readonly QueueEvent[]>((error) => {
    throw error;
  });
  readonly onDidChange = this.changed.event;

  get lastEventId(): number {
    return this.log.length;
  }

  /** Something happens to the phase, so many times in one change. */
  happen(times = 1): void {
    const events = Array.from({ length: times }, (_, index): QueueEvent => ({
      event_id: this.log.length + index + 1,
      at: "2026-03-01T10:02:00.000Z",
      type: "phase_changed",
      plan_id: plan.plan_id,
      queue_id: phase.queue_id,
      phase_number: 1,
      from_status: "ready",
      to_status: "running",
    }));
    this.log.push(...events);
    this.changed.fire(events);
  }

  /** One event of any kind. */
  tell(event: Omit<QueueEvent, "event_id" | "at">): void {
    const told = { ...event, event_id: this.log.length + 1, at: "2026-03-01T10:02:00.000Z" };
    this.log.push(told);
    this.changed.fire([told]);
  }

  plans = () => [plan];
  plan = (planId: string) => (planId === plan.plan_id ? plan : undefined);
  phase = (queueId: string) => (queueId === phase.queue_id ? phase : undefined);
  attempts = (queueId: string) => (queueId === phase.queue_id ? [attempt] : []);
  attempt = (attemptId: string) =>
    attemptId.startsWith("attempt-") ? { ...attempt, attempt_id: attemptId } : undefined;
  waiting = () => ({ kind: "running", text: "Phase 1 running" }) as const;
  isAttemptToken = (token: string) => this.attemptTokens.has(token);

  *phasePages({ parentIssue = plan.parent_issue }: { readonly parentIssue?: number }) {
    for (let copy = 0; copy < this.copies && parentIssue === plan.parent_issue; copy++) {
      yield { json: Buffer.from(`,${JSON.stringify(phase)}`), count: 1 };
    }
  }

  events(since: number, limit: number): readonly QueueEvent[] {
    return this.log.slice(since, since + limit);
  }

  readLog(_: AttemptItem, { offset, maxBytes }: { offset: number; maxBytes: number }) {
    return Promise.resolve(this.piece(offset, maxBytes));
  }

  /** Ends where the output ends, or when nobody wants more. */
  async *followLog(_: AttemptItem, offset: number, signal: AbortSignal): AsyncGenerator<LogPiece> {
    let piece = this.piece(offset, 64 * 1024);
    while (piece.bytes.length > 0 && !signal.aborted) {
      yield await Promise.resolve(piece);
      piece = this.piece(piece.nextOffset, 64 * 1024);
    }
    if (!this.isOver) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    }
  }

  private piece(offset: number, maxBytes: number): LogPiece {
    const bytes = this.output.subarray(offset, offset + maxBytes);
    return { bytes, offset, nextOffset: offset + bytes.length, size: this.output.length };
  }
}
