import type { JSX } from "preact";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Memory } from "../memory";
import type { Group } from "../model/groups";
import { type Row, rowAfter, rowsOf } from "../model/rows";
import { PlanGroup } from "./PlanGroup";
import { rowElement, rowIdAt } from "./rowElement";
import { useKeptFocus } from "./useKeptFocus";

interface PhaseListProps {
  readonly groups: readonly Group[];
  readonly memory: Memory;
}

/** No card is lower than so many pixels, its distance to the next included. */
const lowest = 50;
/** So many cards are added whenever the page has nothing else to do. */
const portion = 100;
/** Within so many milliseconds they are, whatever else it has to do. */
const longestRest = 250;

/** Plans with their phases as cards; one of the rows has the focus, and arrow keys move it. */
export function PhaseList({ groups, memory }: PhaseListProps): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const [expanded, setExpanded] = useKept(memory, "expanded");
  const [collapsed, setCollapsed] = useKept(memory, "collapsed");
  const rows = useMemo(() => rowsOf(groups, collapsed), [groups, collapsed]);
  const [wanted, setCurrent] = useState<string>();
  const place = useRef(0);
  const found = rows.findIndex(({ id }) => id === wanted);
  // A row that is gone leaves its place to the next.
  const at = found === -1 ? Math.min(place.current, rows.length - 1) : found;
  place.current = at;
  const current = rows[at]?.id;
  useKeptFocus(list, current);
  const [limit, drawAll] = useGrowing(rows, memory);
  const focusSoon = useFocusSoon(current);
  const toggle = useCallback(
    ({ kind, id }: Pick<Row, "kind" | "id">) => {
      (kind === "plan" ? setCollapsed : setExpanded)(id);
    },
    [setCollapsed, setExpanded],
  );
  const move = (event: KeyboardEvent): void => {
    const row = rowOf(event.target, rows);
    if (row === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    const isOpen = row.kind === "plan" ? row.isOpen : expanded.has(row.id);
    const opens = event.key === "ArrowRight" && !isOpen;
    const closes = event.key === "ArrowLeft" && isOpen;
    if (opens || closes) {
      event.preventDefault();
      toggle(row);
      return;
    }
    const next = rowAfter(event.key, rows, rows.indexOf(row));
    if (next) {
      event.preventDefault();
      setCurrent(next.id);
      const element = rowElement(next.id);
      if (element) {
        element.focus();
      } else {
        focusSoon();
        drawAll();
      }
    }
  };
  let left = limit;
  return (
    <div
      ref={list}
      class="phase-list"
      onKeyDown={move}
      onFocusIn={({ target }) => {
        const id = rowIdAt(target);
        if (id !== undefined) {
          setCurrent(id);
        }
      }}
    >
      {groups.map((group) => {
        const isOpen = !collapsed.has(group.plan.planId);
        const most = Math.max(0, left);
        left -= isOpen ? group.shown.length : 0;
        return (
          <PlanGroup
            key={group.plan.planId}
            plan={group.plan}
            all={group.all}
            shown={group.shown}
            limit={Math.min(most, group.shown.length)}
            isOpen={isOpen}
            expanded={expanded}
            current={isOf(group, current) ? current : undefined}
            onToggle={toggle}
          />
        );
      })}
    </div>
  );
}

/** The row that is itself the target: keys in a button or a log inside of it are theirs. */
function rowOf(target: EventTarget | null, rows: readonly Row[]): Row | undefined {
  const isRow = target instanceof Element && target.hasAttribute("data-row");
  const id = isRow ? rowIdAt(target) : undefined;
  return rows.find((row) => row.id === id);
}

function isOf({ plan, shown }: Group, id: string | undefined): boolean {
  return plan.planId === id || shown.some(({ queueId }) => queueId === id);
}

/** A set of ids that the memory keeps, and what puts an id in or takes it out. */
function useKept(
  memory: Memory,
  name: "expanded" | "collapsed",
): [ids: ReadonlySet<string>, toggle: (id: string) => void] {
  const [ids, setIds] = useState<ReadonlySet<string>>(() => new Set(memory.value[name]));
  const toggle = useCallback(
    (id: string) => {
      // From the memory, since another tab's list keeps its ids there too.
      const next = new Set(memory.value[name]);
      if (!next.delete(id)) {
        next.add(id);
      }
      memory.keep({ [name]: [...next] });
      setIds(next);
    },
    [memory, name],
  );
  return [ids, toggle];
}

/**
 * How many cards to draw: at first what can be seen, so that it is seen soon, then bit by bit all, so that
 * they are found, read and scrolled to. What is drawn stays so. Second, what draws all of them at once.
 */
function useGrowing(rows: readonly Row[], memory: Memory): [limit: number, drawAll: () => void] {
  const [limit, setLimit] = useState(() => {
    const { row } = memory.value.place;
    const place = rows.findIndex(({ id }) => id === row);
    return Math.max(0, place) + Math.ceil(innerHeight / lowest);
  });
  useEffect(() => {
    if (limit >= rows.length) {
      return undefined;
    }
    const grow = requestIdleCallback(() => setLimit(limit + portion), { timeout: longestRest });
    return () => cancelIdleCallback(grow);
  }, [limit, rows.length]);
  return [limit, useCallback(() => setLimit(Number.MAX_SAFE_INTEGER), [])];
}

/** What gives the focus to the current row once it is drawn. */
function useFocusSoon(current: string | undefined): () => void {
  const isWanted = useRef(false);
  useLayoutEffect(() => {
    const element = isWanted.current && current !== undefined ? rowElement(current) : null;
    if (element) {
      isWanted.current = false;
      element.focus();
    }
  });
  return useCallback(() => {
    isWanted.current = true;
  }, []);
}
