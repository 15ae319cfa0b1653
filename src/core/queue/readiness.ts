import type { PhaseStatus } from "../protocol/terms";
import { numbers, type PhaseState, phaseState, phaseStateColumns } from "./rows";
import { integer, type SqlDatabase, type SqlRow, text } from "./sqlDatabase";
import type { Move } from "./transitions";

/** What reading needs: the database, or a transaction on it. */
type Reading = Pick<SqlDatabase, "get" | "all">;

type Derived = "queued" | "ready" | "blocked";

/** A plan's dependencies, both ways; they change only when phases are removed. */
interface Graph {
  readonly dependsOn: ReadonlyMap<number, readonly number[]>;
  readonly dependents: ReadonlyMap<number, readonly number[]>;
}

/**
 * Derives `queued`, `ready` and `blocked` from the phases a phase depends on. The graphs are kept in
 * memory, since reading a thousand rows for each transition would cost more than everything else.
 */
export class Readiness {
  private readonly graphs = new Map<string, Graph>();

  /** Drops what is known of a plan whose phases or dependencies changed. */
  forget(planId: string): void {
    this.graphs.delete(planId);
  }

  forgetAll(): void {
    this.graphs.clear();
  }

  /**
   * The moves that follow from the change of the phase `cause`, which is stored already, in phase
   * order.
   */
  consequences(reading: Reading, planId: string, cause: number): Move[] {
    const graph = this.graph(reading, planId);
    const view = new PlanView(reading, planId);
    const improving = view.stored(cause)?.status === "completed";
    return this.settleAll(graph, view, [...(graph.dependents.get(cause) ?? [])], improving);
  }

  /** The moves that make a whole plan's derived statuses right. */
  corrections(reading: Reading, planId: string): Move[] {
    const graph = this.graph(reading, planId);
    const view = new PlanView(reading, planId);
    view.readAll();
    return this.settleAll(graph, view, [...graph.dependsOn.keys()], false);
  }

  /** @param improving a phase completed, so that no other can have become worse. */
  private settleAll(graph: Graph, view: PlanView, waiting: number[], improving: boolean): Move[] {
    const moves = new Map<number, Move>();
    // Each phase is looked at again whenever one it depends on changed; the graph has no cycle.
    for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
      const stored = view.stored(number);
      const current = view.current(number);
      if (!stored || !current || !isDerived(current.status)) {
        continue;
      }
      const next = derive(
        view,
        graph.dependsOn.get(number) ?? [],
        improving && current.status === "queued",
      );
      if (next.status === current.status && next.errorMessage === current.errorMessage) {
        continue;
      }
      const statusChanged = next.status !== current.status;
      view.decide(number, next);
      if (next.status === stored.status) {
        moves.delete(number);
      } else {
        moves.set(number, {
          phase: stored,
          to: next.status,
          ...(next.errorMessage !== undefined && { errorMessage: next.errorMessage }),
        });
      }
      if (statusChanged) {
        waiting.push(...(graph.dependents.get(number) ?? []));
      }
    }
    return [...moves.values()].sort((a, b) => a.phase.number - b.phase.number);
  }

  private graph(reading: Reading, planId: string): Graph {
    const known = this.graphs.get(planId);
    if (known) {
      return known;
    }
    const dependsOn = new Map<number, number[]>();
    const dependents = new Map<number, number[]>();
    const rows = reading.all(
      "SELECT phase_number, depends_on_phases FROM phase_queue WHERE plan_id = ? ORDER BY phase_number",
      [planId],
    );
    for (const row of rows) {
      const number = integer(row, "phase_number");
      const needed = numbers(text(row, "depends_on_phases"));
      dependsOn.set(number, needed);
      for (const other of needed) {
        dependents.set(other, [...(dependents.get(other) ?? []), number]);
      }
    }
    const graph = { dependsOn, dependents };
    this.graphs.set(planId, graph);
    return graph;
  }
}

/** The phases of one plan as a change in the making sees them. */
class PlanView {
  private readonly rows = new Map<number, PhaseState | undefined>();
  private readonly decided = new Map<number, Pick<PhaseState, "status" | "errorMessage">>();

  constructor(
    private readonly reading: Reading,
    private readonly planId: string,
  ) {}

  readAll(): void {
    const sql = `SELECT ${phaseStateColumns} FROM phase_queue WHERE plan_id = ?`;
    for (const row of this.reading.all(sql, [this.planId])) {
      this.remember(row);
    }
  }

  /** The phase as stored; undefined when it was removed. */
  stored(number: number): PhaseState | undefined {
    if (!this.rows.has(number)) {
      const row = this.reading.get(
        `SELECT ${phaseStateColumns} FROM phase_queue WHERE plan_id = ? AND phase_number = ?`,
        [this.planId, number],
      );
      this.rows.set(number, row && phaseState(row));
    }
    return this.rows.get(number);
  }

  current(number: number): Pick<PhaseState, "status" | "errorMessage"> | undefined {
    return this.decided.get(number) ?? this.stored(number);
  }

  decide(number: number, state: Pick<PhaseState, "status" | "errorMessage">): void {
    this.decided.set(number, state);
  }

  private remember(row: SqlRow): void {
    const state = phaseState(row);
    this.rows.set(state.number, state);
  }
}

function isDerived(status: PhaseStatus): status is Derived {
  return status === "queued" || status === "ready" || status === "blocked";
}

/**
 * What an unstarted phase is. A completed phase satisfies whatever it had to wait for itself: a
 * person who skips a blocked phase lets those behind it go on.
 *
 * @param firstUnfinishedDecides spares looking at a thousand phases each time one of them completes.
 */
function derive(
  view: PlanView,
  dependsOn: readonly number[],
  firstUnfinishedDecides: boolean,
): { status: Derived; errorMessage?: string } {
  let complete = true;
  for (const number of dependsOn) {
    const other = view.current(number);
    if (!other) {
      return { status: "blocked", errorMessage: `Phase ${number} was removed` };
    }
    if (other.status === "failed") {
      const detail = other.errorMessage === undefined ? "" : `: ${other.errorMessage}`;
      return { status: "blocked", errorMessage: `Phase ${number} failed${detail}` };
    }
    if (other.status === "blocked") {
      return { status: "blocked", ...pickMessage(other.errorMessage) };
    }
    complete &&= other.status === "completed";
    if (!complete && firstUnfinishedDecides) {
      return { status: "queued" };
    }
  }
  return { status: complete ? "ready" : "queued" };
}

function pickMessage(errorMessage: string | undefined): { errorMessage?: string } {
  return errorMessage === undefined ? {} : { errorMessage };
}
