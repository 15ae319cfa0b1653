import type { QueueEvent } from "../protocol/queue";
import { insertEvent } from "./frequentStatements";
import type { WrittenRun } from "./journal";
import type { SqlParams, SqlRow } from "./sqlDatabase";
import type { Transaction } from "./store";

export type NewEvent = Omit<QueueEvent, "event_id" | "at">;

/** One change of the queue while it is being made: a transaction, its time, and what it announces. */
export class Change implements Transaction {
  private readonly recorded: QueueEvent[] = [];

  /**
   * @param at the time of everything in this change.
   * @param lastEventId the newest event before it: ids are counted here, not by the database, so
   * that a replay of the journal is exact.
   */
  constructor(
    private readonly transaction: Transaction,
    readonly at: string,
    private readonly lastEventId: number,
  ) {}

  /** What this change announces once it is durable, in order. */
  get events(): readonly QueueEvent[] {
    return this.recorded;
  }

  run(sql: string, params?: SqlParams): number {
    return this.transaction.run(sql, params);
  }

  runFor(sql: string, params: SqlParams, statements: readonly WrittenRun[]): void {
    this.transaction.runFor(sql, params, statements);
  }

  get(sql: string, params?: SqlParams): SqlRow | undefined {
    return this.transaction.get(sql, params);
  }

  all(sql: string, params?: SqlParams): SqlRow[] {
    return this.transaction.all(sql, params);
  }

  list(
    columns: Readonly<Record<string, string>>,
    rest: string,
    params?: SqlParams,
  ): readonly SqlRow[] {
    return this.transaction.list(columns, rest, params);
  }

  nested<T>(part: () => T): T {
    const before = this.recorded.length;
    try {
      return this.transaction.nested(part);
    } catch (error) {
      this.recorded.length = before;
      throw error;
    }
  }

  record(event: NewEvent): void {
    this.recordAll([event]);
  }

  recordAll(events: readonly NewEvent[]): void {
    const rows = this.numbered(events);
    for (const row of rows) {
      this.run(insertEvent, valuesOf(row));
    }
    this.recorded.push(...rows);
  }

  /**
   * Records events by a statement that inserts them all, of which `params` answers the parameters.
   *
   * @param params is given the id of the first event; the others' follow it.
   */
  recordBy(sql: string, params: (firstId: number) => SqlParams, events: readonly NewEvent[]): void {
    const rows = this.numbered(events);
    const first = this.lastEventId + this.recorded.length + 1;
    const written = rows.map((row) => ({
      sql: insertEvent,
      json: [JSON.stringify(valuesOf(row))],
    }));
    this.runFor(sql, params(first), written);
    this.recorded.push(...rows);
  }

  private numbered(events: readonly NewEvent[]): QueueEvent[] {
    // The two that are new come first: to add to a copy takes V8 several times as long as to copy.
    return events.map((event, index) => ({
      event_id: this.lastEventId + this.recorded.length + index + 1,
      at: this.at,
      ...event,
    }));
  }
}

function valuesOf(row: QueueEvent): SqlParams {
  return [
    row.event_id,
    row.at,
    row.type,
    row.plan_id ?? null,
    row.queue_id ?? null,
    row.phase_number ?? null,
    row.from_status ?? null,
    row.to_status ?? null,
    row.reason ?? null,
  ];
}
