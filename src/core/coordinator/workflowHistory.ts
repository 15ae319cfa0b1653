import { errorMessage } from "../base/errors";
import { type Disposable, DisposableStore } from "../base/lifecycle";
import type { Event } from "../base/event";
import type { Logger } from "../base/log";
import type { Runners } from "../protocol/runners";
import type { Queue } from "../queue/queue";
import { linkPhase, noteWorkflows } from "../queue/workflowChanges";
import type { AttemptWorkflows, ExternalPhase, PhaseNames } from "../queue/workflowReader";
import { decidingRow, isAbout, marksOf, newest, ownRow, type WorkflowRow } from "./workflowRow";

/** The rows of an outside file at one moment. */
export interface OutsideRows {
  /** Absolute path of the file they are from. */
  readonly file: string;
  /** Counts the readings, in the order in which they began. */
  readonly number: number;
  readonly rows: readonly WorkflowRow[];
}

/** An outside program's file of workflows. */
export interface OutsideHistory extends Disposable {
  /** Fires with each reading that is complete and torn by no writer. */
  readonly onDidRead: Event<OutsideRows>;
  /** The last reading, if the file has not changed since. */
  current(): OutsideRows | undefined;
  /** Reads as soon as possible; answers the number of a reading that begins after this call. */
  readSoon(): number;
}

/** What a workflow's row does to phases. */
export interface WorkflowActions {
  /** Starts a ready phase, since an outside program began with it. */
  start(queueId: string): void;
  settle(queueId: string, outcome: "completed" | "failed", row: WorkflowRow): void;
}

export interface WorkflowHistoryOptions {
  readonly queue: Queue;
  readonly logger: Logger;
  readonly runners: () => Runners;
  readonly outside: OutsideHistory;
}

/**
 * Matches `external` phases with runs of outside programs, from our own table and from their file.
 * Their clocks are not trusted: a row counts if it came or changed since the claim, as far as we saw.
 */
export class WorkflowHistory implements Disposable {
  private readonly disposables = new DisposableStore();
  /** The last reading of the file. */
  private reading: OutsideRows | undefined;
  /** Rows of the file that were there when a phase was first seen ready, by phase. */
  private readonly readyMarks = new Map<string, ReadyMarks>();
  /** The row that starts a phase which is just being claimed, by phase. */
  private readonly starters = new Map<string, string>();
  /** The first reading that shows what was there at a phase's claim, by phase. */
  private readonly firstReadings = new Map<string, number>();
  private readonly noted = new Map<string, string>();
  private actions: WorkflowActions | undefined;

  constructor(private readonly options: WorkflowHistoryOptions) {
    this.disposables.add(options.outside);
  }

  /** Follows the workflows from now on; whatever they say already counts at once. */
  start(actions: WorkflowActions): void {
    this.actions = actions;
    this.disposables.add(
      this.options.outside.onDidRead((reading) => {
        this.reading = reading;
        this.check();
      }),
    );
    this.check();
    this.options.outside.readSoon();
  }

  dispose(): void {
    this.disposables.dispose();
  }

  /** What an attempt that is being claimed remembers: the rows that speak of something else. */
  atClaim(queueId: string): AttemptWorkflows {
    const { queue, outside } = this.options;
    const names = queue.workflows.namesOf(queueId);
    const current = outside.current();
    const rows = [...this.ownRows(names), ...(current?.rows ?? [])];
    const bound = this.starters.get(queueId);
    if (!current) {
      this.firstReadings.set(queueId, outside.readSoon());
    }
    return {
      seen: marksOf(rows.filter((row) => isAbout(row, names))),
      ...(current && { file: current.file }),
      ...(bound !== undefined && { bound }),
    };
  }

  /** Looks what the workflows say of each phase; one phase's trouble is not the others'. */
  check(): void {
    const { queue, runners, logger } = this.options;
    const external = [...runners()].filter(([, { kind }]) => kind === "external");
    for (const phase of queue.workflows.externalPhases(external.map(([name]) => name))) {
      try {
        this.checkPhase(phase);
        this.noted.delete(phase.queueId);
      } catch (error) {
        const text = `The workflow of Phase ${phase.state.number} was not followed: ${errorMessage(error)}`;
        if (this.noted.get(phase.queueId) !== text) {
          this.noted.set(phase.queueId, text);
          logger.error(text, error);
        }
      }
    }
  }

  private checkPhase(phase: ExternalPhase): void {
    if (phase.state.status === "running") {
      this.checkRunning(phase);
    } else {
      this.checkReady(phase);
    }
  }

  private checkRunning(phase: ExternalPhase): void {
    const { queue } = this.options;
    const { attemptId } = phase.state;
    const attempt = attemptId === undefined ? undefined : queue.attempt(attemptId);
    if (attempt?.runner_kind !== "external" || attempt.reported_at !== undefined) {
      return;
    }
    this.readyMarks.delete(phase.queueId);
    const { attempt_id: id } = attempt;
    const workflows = queue.workflows.ofAttempt(id);
    const outside = this.rowsInFile(phase);
    const { reading } = this;
    if (reading && workflows.file === reading.file) {
      this.decide(phase, [...this.ownRows(phase), ...outside], workflows);
      return;
    }
    if (reading && reading.number >= (this.firstReadings.get(phase.queueId) ?? 0)) {
      // The first reading since the claim: what is there already was there before, as far as we know.
      const seen = { ...workflows.seen, ...marksOf(outside) };
      queue.note((change) => noteWorkflows(change, id, { ...workflows, seen, file: reading.file }));
      this.firstReadings.delete(phase.queueId);
    }
    const started = outside.filter(({ key }) => key === workflows.bound);
    this.decide(phase, [...this.ownRows(phase), ...started], workflows);
  }

  private decide(
    phase: ExternalPhase,
    rows: readonly WorkflowRow[],
    workflows: AttemptWorkflows,
  ): void {
    const row = decidingRow(rows, workflows);
    if (row) {
      this.follow(phase, row);
    }
  }

  private follow(phase: ExternalPhase, row: WorkflowRow): void {
    const { adwId } = row;
    if (adwId !== undefined && adwId !== phase.adwId) {
      this.options.queue.note((change) => linkPhase(change, phase.queueId, { adwId }));
    }
    if (row.status === "completed" || row.status === "failed") {
      this.actions?.settle(phase.queueId, row.status, row);
    }
  }

  /** A row that comes while its phase is ready says that an outside program has begun with it. */
  private checkReady(phase: ExternalPhase): void {
    this.firstReadings.delete(phase.queueId);
    const { readyAt } = phase;
    const own = this.ownRows(phase).filter(({ updatedAt }) => updatedAt > (readyAt ?? ""));
    const row = newest([...own, ...this.newInFile(phase)]);
    if (!row) {
      return;
    }
    this.starters.set(phase.queueId, row.key);
    try {
      this.actions?.start(phase.queueId);
    } finally {
      this.starters.delete(phase.queueId);
    }
    this.follow(phase, row);
  }

  /** Rows of the file that came, or changed, since the phase was first seen ready. */
  private newInFile(phase: ExternalPhase): readonly WorkflowRow[] {
    const { reading } = this;
    if (!reading) {
      return [];
    }
    const rows = this.rowsInFile(phase);
    const key = `${reading.file}|${phase.readyAt ?? ""}`;
    const known = this.readyMarks.get(phase.queueId);
    if (known?.key !== key) {
      this.readyMarks.set(phase.queueId, { key, seen: marksOf(rows) });
      return [];
    }
    return rows.filter((row) => decidingRow([row], { seen: known.seen }));
  }

  private rowsInFile(phase: PhaseNames): readonly WorkflowRow[] {
    return (this.reading?.rows ?? []).filter((row) => isAbout(row, phase));
  }

  private ownRows(names: PhaseNames) {
    return this.options.queue.workflows
      .about(names)
      .map((item, position) => ({ ...ownRow(item, position), updatedAt: item.updatedAt }))
      .filter((row) => isAbout(row, names));
  }
}

interface ReadyMarks {
  /** Tells one file and one time of becoming ready from others. */
  readonly key: string;
  readonly seen: Readonly<Record<string, string>>;
}
