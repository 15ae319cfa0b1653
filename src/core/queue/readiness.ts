import type { PhaseStatus } from "../protocol/terms";
import { stored } from "../protocol/words/storedWords";
import { topologicalOrder } from "./graphOrder";
import { numbers, type PhaseState, phaseState, phaseStateColumns, phaseStateFields } from "./rows";
import { integer, type SqlDatabase, text } from "./sqlDatabase";
import type { Move } from "./transitions";

/** What reading needs: the database, or a transaction on it. */
type Reading = Pick<SqlDatabase, "get" | "list">;

/** A plan's dependencies, both ways; they change only when phases are removed. */
interface Graph {
  readonly dependsOn: ReadonlyMap<number, readonly number[]>;
  readonly dependents: ReadonlyMap<number, readonly number[]>;
  /** Every phase, each after all it depends on. */
  readonly order: readonly number[];
  /** Where each phase stands in `order`. */
  readonly rank: ReadonlyMap<number, number>;
}

/** A guess at what comes next looks at so many phases, and no further. */
const guesses = 8;

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
   * order; its own is among them where it became `ready` too early.
   */
  consequences(reading: Reading, planId: string, cause: number): Move[] {
    const graph = this.graph(reading, planId);
    const view = new PlanView(reading, planId);
    const improving = view.current(cause)?.status === "completed";
    if (!improving) {
      // Everything behind the phase may change, so that one look at all is cheaper than many.
      view.readAll();
    }
    // Itself, too: tried again, it may have to wait for phases that an update of its plan put before it.
    const dirty = new Set([cause, ...(graph.dependents.get(cause) ?? [])]);
    return deriveAll(graph, view, dirty, { from: graph.rank.get(cause) ?? 0, improving });
  }

  /** The moves that make a whole plan's derived statuses right, in phase order. */
  corrections(reading: Reading, planId: string): Move[] {
    const graph = this.graph(reading, planId);
    const view = new PlanView(reading, planId);
    view.readAll();
    return deriveAll(graph, view, new Set(graph.order), { from: 0, improving: false });
  }

  /** The first phase that waits for nothing but `number`. */
  likelyNext(reading: Reading, planId: string, number: number): PhaseState | undefined {
    const { dependents, dependsOn } = this.graph(reading, planId);
    const view = new PlanView(reading, planId);
    for (const dependent of (dependents.get(number) ?? []).slice(0, guesses)) {
      const others = (dependsOn.get(dependent) ?? []).filter((other) => other !== number);
      const waitsForIt =
        others.length < guesses &&
        others.every((other) => view.current(other)?.status === "completed");
      const phase = waitsForIt ? view.stored(dependent) : undefined;
      if (phase?.status === "queued") {
        return phase;
      }
    }
    return undefined;
  }

  private graph(reading: Reading, planId: string): Graph {
    const known = this.graphs.get(planId);
    if (known) {
      return known;
    }
    const graph = readGraph(reading, planId);
    this.graphs.set(planId, graph);
    return graph;
  }
}

function readGraph(reading: Reading, planId: string): Graph {
  const dependsOn = new Map<number, readonly number[]>();
  const dependents = new Map<number, number[]>();
  const rows = reading.list(
    { phase_number: "phase_number", depends_on_phases: "depends_on_phases" },
    "FROM phase_queue WHERE plan_id = ?",
    [planId],
  );
  for (const row of rows) {
    const number = integer(row, "phase_number");
    const needed = numbers(text(row, "depends_on_phases"));
    dependsOn.set(number, needed);
    for (const other of needed) {
      const others = dependents.get(other);
      if (others) {
        others.push(number);
      } else {
        dependents.set(other, [number]);
      }
    }
  }
  const order = topologicalOrder(dependsOn, dependents);
  const rank = new Map(order.map((number, index) => [number, index]));
  return { dependsOn, dependents, order, rank };
}

/**
 * Derives the phases in `dirty` and whatever that changes, each once, after all it depends on.
 *
 * @param options.from rank at which to begin; nothing before it is dirty.
 * @param options.improving a phase completed, so that no other can have become worse.
 */
function deriveAll(
  { order, dependsOn, dependents }: Graph,
  view: PlanView,
  dirty: Set<number>,
  options: { readonly from: number; readonly improving: boolean },
): Move[] {
  const moves: Move[] = [];
  for (let rank = options.from; rank < order.length && dirty.size > 0; rank++) {
    const number = order[rank];
    const phase = number !== undefined && dirty.delete(number) ? view.stored(number) : undefined;
    if (!phase || !isDerived(phase.status)) {
      continue;
    }
    const hurry = options.improving && phase.status === "queued";
    const derived = derive(view, dependsOn.get(phase.number) ?? [], hurry);
    if (isChange(phase, derived)) {
      moves.push({ phase, to: derived.status, ...pickMessage(derived.errorMessage) });
      view.decide(phase.number, derived);
      if (phase.status === "queued" && derived.status === "ready") {
        // Unfinished before and after: to those behind it that is the same.
        continue;
      }
      for (const dependent of dependents.get(phase.number) ?? []) {
        dirty.add(dependent);
      }
    }
  }
  return moves.sort((a, b) => a.phase.number - b.phase.number);
}

interface Derived {
  readonly status: "queued" | "ready" | "blocked";
  /** Names the cause, where it is `blocked`. */
  readonly errorMessage?: string;
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
): Derived {
  let complete = true;
  for (const number of dependsOn) {
    const other = view.current(number);
    if (!other) {
      return { status: "blocked", errorMessage: stored("removedBefore", number) };
    }
    if (other.status === "failed") {
      const why = other.errorMessage;
      const errorMessage =
        why === undefined
          ? stored("failedBefore", number)
          : stored("failedBeforeWith", number, why);
      return { status: "blocked", errorMessage };
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

/** A `ready` phase keeps the message of the attempt that is tried again; only a cause is derived. */
function isChange(phase: PhaseState, { status, errorMessage }: Derived): boolean {
  return status !== phase.status || (status === "blocked" && errorMessage !== phase.errorMessage);
}

/** The phases of one plan as a change in the making sees them. */
class PlanView {
  private readonly phases = new Map<number, PhaseState | undefined>();
  private readonly decided = new Map<number, Derived>();
  private complete = false;

  constructor(
    private readonly reading: Reading,
    private readonly planId: string,
  ) {}

  readAll(): void {
    const rows = this.reading.list(phaseStateFields, "FROM phase_queue WHERE plan_id = ?", [
      this.planId,
    ]);
    for (const row of rows) {
      const state = phaseState(row);
      this.phases.set(state.number, state);
    }
    this.complete = true;
  }

  /** The phase as it is stored; undefined when it was removed. */
  stored(number: number): PhaseState | undefined {
    if (!this.complete && !this.phases.has(number)) {
      const row = this.reading.get(
        `SELECT ${phaseStateColumns} FROM phase_queue WHERE plan_id = ? AND phase_number = ?`,
        [this.planId, number],
      );
      this.phases.set(number, row && phaseState(row));
    }
    return this.phases.get(number);
  }

  /** What the phase is once the moves decided on so far are made. */
  current(number: number): Pick<PhaseState, "status" | "errorMessage"> | undefined {
    return this.decided.get(number) ?? this.stored(number);
  }

  decide(number: number, derived: Derived): void {
    this.decided.set(number, derived);
  }
}

function isDerived(status: PhaseStatus): status is Derived["status"] {
  return status === "queued" || status === "ready" || status === "blocked";
}

function pickMessage(errorMessage: string | undefined): { errorMessage?: string } {
  return errorMessage === undefined ? {} : { errorMessage };
}
