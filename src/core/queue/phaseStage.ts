import { Buffer } from "node:buffer";
import { yieldToEventLoop } from "../base/clock";
import { type NewPhase, type NewRow, newRow, type StagedRow, type StagedRows } from "./enqueue";
import type { Store } from "./store";

/** Rows that are put together in one go; the event loop turns after each. */
const rowsPerTurn = 40;

/** Bytes that a phase, its first attempt and the events of both take in tables and indexes beside the phase's texts. */
const rowOverhead = 2200;

/**
 * Where the rows of a long plan are made ready, some at a time, before one change stores them all:
 * to check, convert and hand over a thousand rows takes a fifth of a second, to copy them from one table into
 * another some milliseconds. The table is this connection's alone: no reader and no file sees it.
 */
export class PhaseStage {
  private batches = 0;

  constructor(private readonly store: Store) {}

  /** Makes the phases' rows ready, and has `work` store them; afterwards they are gone from here. */
  async use<T>(phases: readonly NewPhase[], work: (staged: StagedRows) => T): Promise<T> {
    const batch = ++this.batches;
    this.store.scratch(makeTable);
    try {
      const rows: StagedRow[] = [];
      for (let start = 0; start < phases.length; start += rowsPerTurn) {
        for (const phase of phases.slice(start, start + rowsPerTurn)) {
          const row = newRow(phase);
          const { queueId, own, startLine } = row;
          this.store.scratch(insertStaged, [batch, rows.length, queueId, ...own, startLine]);
          rows.push(staged(row));
        }
        await yieldToEventLoop();
      }
      this.store.reserve(rows.reduce((sum, { ownJson }) => sum + ownJson.length + rowOverhead, 0));
      await yieldToEventLoop();
      return work({ rows, batch });
    } finally {
      if (this.store.isOpen) {
        this.store.scratch("DELETE FROM temp.staged_phases WHERE batch = ?", [batch]);
      }
    }
  }
}

function staged({ queueId, number, status, startLine, own }: NewRow): StagedRow {
  const ownJson = Buffer.from(JSON.stringify(own).slice(1, -1));
  return { queueId, number, status, startLine, ownJson };
}

const makeTable = `
  CREATE TEMP TABLE IF NOT EXISTS staged_phases (batch, place, queue_id, phase_number, label, title, status,
    depends_on_phase, depends_on_phases, phase_data, runner, start_line)`;

const insertStaged = `
  INSERT INTO temp.staged_phases
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, CAST(?10 AS TEXT), ?11, ?12)`;
