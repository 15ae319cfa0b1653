import type { PhasePage } from "../api/queueSource";
import { beforeAll, phasesOfAttempts, placesOf, readPage, type ReadPage } from "./phaseList";
import type { SqlDatabase } from "./sqlDatabase";

/** What is kept at most, of both lists together; what is beyond is read each time. */
const mostBytes = 32 * 1024 * 1024;
/** With more changed rows, looking for their pages costs more than reading all anew. */
const mostChanges = 1_000;

/** A page of a list; without its JSON it is to be read again. */
interface KeptPage {
  readonly after: number;
  readonly last: number;
  page: PhasePage | undefined;
}

/**
 * The lists of all phases, with and without long texts, page by page as they were read last: whoever
 * asks again gets from memory what has not changed. SQLite itself tells of every row that changes, by
 * whatever statement; which page a change is in is looked up when somebody next asks.
 *
 * Pages that stand here follow each other from the first phase on without a gap.
 */
export class KeptPages {
  private readonly lists: Readonly<Record<"whole" | "slim", KeptPage[]>> = { whole: [], slim: [] };
  /** Where each phase stood that is in a page here, by its row. */
  private readonly places = new Map<number, number>();
  private readonly changed = { phases: new Set<number>(), attempts: new Set<number>() };
  private isStale = false;
  private bytes = 0;

  constructor(private readonly database: SqlDatabase) {
    database.onRowChange((table, row, kind) => this.note(table, row, kind));
  }

  /** In the order of their plans, then by number; each is made, or found, when it is asked for. */
  *pages(content: boolean): Generator<PhasePage> {
    for (let after = beforeAll; ;) {
      // Each time: what comes between two pages changes rows, too.
      this.catchUp();
      const next = this.next(content, after);
      if (!next) {
        return;
      }
      yield next;
      after = next.last;
    }
  }

  private note(table: string, row: number, kind: "insert" | "update" | "delete"): void {
    if (table === "phase_queue") {
      this.changed.phases.add(row);
    } else if (table === "attempts" && kind === "insert") {
      // Of an attempt only that there is one more is listed.
      this.changed.attempts.add(row);
    } else if (kind === "delete" ? table === "attempts" : table === "plans" && kind === "update") {
      this.isStale = true;
    }
  }

  /** Forgets the pages in which something changed. */
  private catchUp(): void {
    const { phases, attempts } = this.changed;
    if (this.isStale || phases.size + attempts.size > mostChanges) {
      this.forgetAll();
    } else if (phases.size + attempts.size > 0) {
      const rows = new Set([...phases, ...phasesOfAttempts(this.database, [...attempts])]);
      const places = placesOf(this.database, [...rows]);
      for (const row of rows) {
        this.forget(row, places.get(row));
      }
    }
    phases.clear();
    attempts.clear();
    this.isStale = false;
  }

  /** @param place where a changed phase is now; undefined when it is gone. */
  private forget(row: number, place: number | undefined): void {
    const before = this.places.get(row);
    if (before === undefined && place === undefined) {
      return;
    }
    if (before !== undefined && before !== place) {
      // The pages' borders are not those of the list any more.
      this.forgetAll();
      return;
    }
    for (const list of [this.lists.whole, this.lists.slim]) {
      const last = list.at(-1);
      if (place !== undefined && last && place > last.last) {
        // Behind the last page, which had room for it, perhaps.
        this.drop(last);
      } else if (place !== undefined && before === undefined) {
        this.forgetAll();
      } else {
        this.drop(list[pageAt(list, place ?? 0)]);
      }
    }
  }

  private next(
    content: boolean,
    after: number,
  ): (PhasePage & { readonly last: number }) | undefined {
    const list = content ? this.lists.whole : this.lists.slim;
    const index = pageAt(list, after + 1);
    const found = list[index]?.after === after ? list[index] : undefined;
    if (found?.page) {
      return { ...found.page, last: found.last };
    }
    const page = readPage(this.database, { content }, after);
    if (page && found?.last === page.last) {
      this.fill(found, page);
    } else if (page && after === (list[index - 1]?.last ?? beforeAll)) {
      // Texts that grew leave room for fewer phases: those behind begin elsewhere.
      list.splice(index).forEach((kept) => this.drop(kept));
      if (this.bytes < mostBytes) {
        const kept: KeptPage = { after, last: page.last, page: undefined };
        this.fill(kept, page);
        list.push(kept);
      }
    }
    return page;
  }

  private fill(kept: KeptPage, { json, count, places }: ReadPage): void {
    kept.page = { json, count };
    this.bytes += json.length;
    for (const [row, place] of places) {
      this.places.set(row, place);
    }
  }

  private drop(kept: KeptPage | undefined): void {
    if (kept) {
      this.bytes -= kept.page?.json.length ?? 0;
      kept.page = undefined;
    }
  }

  private forgetAll(): void {
    this.lists.whole.length = 0;
    this.lists.slim.length = 0;
    this.places.clear();
    this.bytes = 0;
  }
}

/** Which page of a list a place is in: the first one that ends there or behind. */
function pageAt(list: readonly KeptPage[], place: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.last ?? 0) < place) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
