import { errorMessage } from "../base/errors";
import { type Disposable, DisposableStore } from "../base/lifecycle";
import type { Event } from "../base/event";
import type { Logger } from "../base/log";
import type { QueueEvent } from "../protocol/queue";
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
  /** What of the file does not speak of a phase that is ready or was claimed, by phase. */
  private readonly baselines = new Map<string, Baseline>();
  /** The row that starts a phase which is just being claimed, by phase. */
  private readonly starters = new Map<string, string>();
  private readonly noted = new Map<string, string>();
  private actions: WorkflowActions | undefined;

  constructor(private readonly options: WorkflowHistoryOptions) {
    this.disposables.add(options.outside);
  }

  /** Follows the workflows from now on; whatever they say already counts at once. */
  start(actions: WorkflowActions): void {
    this.actions = actions;
    this.disposables.add(
      this.options.queue.onDidChange((events) => events.forEach((event) => this.noteChange(event))),
    );
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
    const names = this.options.queue.workflows.namesOf(queueId);
    const { marks } = this.baselineOf(names);
    const bound = this.starters.get(queueId);
    return {
      seen: { ...marks?.seen, ...marksOf(this.ownRows(names)) },
      ...(marks && { file: marks.file }),
      ...(bound !== undefined && { bound }),
    };
  }

  /** Starts a ready phase because of this row, which alone decides on it from then on. */
  begin(queueId: string, rowKey: string): void {
    this.starters.set(queueId, rowKey);
    try {
      this.actions?.start(queueId);
    } finally {
      this.starters.delete(queueId);
    }
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
    const { attempt_id: id } = attempt;
    const workflows = queue.workflows.ofAttempt(id);
    const outside = this.rowsInFile(phase);
    const { reading } = this;
    if (reading && workflows.file === reading.file) {
      this.decide(phase, [...this.ownRows(phase), ...outside], workflows);
      return;
    }
    if (reading && reading.number >= (this.baselines.get(phase.queueId)?.from ?? 0)) {
      // The first reading since then: what is there already was there before, as far as we know.
      const seen = { ...workflows.seen, ...marksOf(outside) };
      queue.note((change) => noteWorkflows(change, id, { ...workflows, seen, file: reading.file }));
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
    const { readyAt, queueId } = phase;
    const own = this.ownRows(phase).filter(({ updatedAt }) => updatedAt > (readyAt ?? ""));
    const row = newest([...own, ...this.newInFile(phase)]);
    if (row) {
      this.begin(queueId, row.key);
      this.follow(phase, row);
    }
  }

  /** Rows of the file that came, or changed, since the phase became ready. */
  private newInFile(phase: ExternalPhase): readonly WorkflowRow[] {
    const { reading } = this;
    const { from, marks } = this.baselineOf(phase);
    const rows = this.rowsInFile(phase);
    if (reading && reading.file === marks?.file) {
      return rows.filter((row) => decidingRow([row], marks));
    }
    if (reading && reading.number >= from) {
      const seen = marksOf(rows);
      this.baselines.set(phase.queueId, { from, marks: { file: reading.file, seen } });
    }
    return [];
  }

  /** A phase that becomes ready is begun with by the next row that comes, not by those that are there. */
  private noteChange({ queue_id: queueId, to_status: status }: QueueEvent): void {
    const { queue, runners } = this.options;
    if (status === "running" || (status === "queued" && !this.baselines.has(queueId ?? ""))) {
      // Of most events there is nothing to note, and an enqueue has a thousand.
      return;
    }
    const phase = queueId === undefined ? undefined : queue.state(queueId);
    if (queueId === undefined || phase?.status === "running") {
      // What was noted when it became ready stands.
      return;
    }
    this.baselines.delete(queueId);
    if (phase?.status === "ready" && runners().get(phase.runner)?.kind === "external") {
      this.baselineOf(queue.workflows.namesOf(queueId));
    }
  }

  /** What was noted of a phase; now, where that is for the first time. */
  private baselineOf(names: PhaseNames): Baseline {
    const known = this.baselines.get(names.queueId);
    if (known) {
      return known;
    }
    const { outside } = this.options;
    const current = outside.current();
    const seen = marksOf((current?.rows ?? []).filter((row) => isAbout(row, names)));
    const baseline = current
      ? { from: current.number, marks: { file: current.file, seen } }
      : { from: outside.readSoon() };
    this.baselines.set(names.queueId, baseline);
    return baseline;
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

interface Baseline {
  /** The first reading that shows what was there. */
  readonly from: number;
  /** What was there, once that is known. */
  readonly marks?: { readonly file: string; readonly seen: Readonly<Record<string, string>> };
}
