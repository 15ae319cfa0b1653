import type { JSX } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Memory } from "../memory";
import type { Group } from "../model/groups";
import { type Row, rowAfter, rowsOf } from "../model/rows";
import { PlanGroup } from "./PlanGroup";
import { rowElement, rowIdAt } from "./rowElement";
import { useKeptFocus } from "./useKeptFocus";
import { isAtTop } from "./useKeptPlace";

interface PhaseListProps {
  readonly groups: readonly Group[];
  readonly memory: Memory;
}

/** So many cards are drawn at once; the others follow, a frame each, so that the first come soon. */
const portion = 40;

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
  const limit = useGrowing(rows.length, !isAtTop(memory.value.place));
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
      rowElement(next.id)?.focus();
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

/** How many cards to draw: a first portion, then all, unless the reader was further down already. */
function useGrowing(count: number, atOnce: boolean): number {
  const [limit, setLimit] = useState(atOnce ? Number.MAX_SAFE_INTEGER : portion);
  useEffect(() => {
    if (limit >= count) {
      return undefined;
    }
    const frame = requestAnimationFrame(() => setLimit(limit + 4 * portion));
    return () => cancelAnimationFrame(frame);
  }, [limit, count]);
  return limit;
}
