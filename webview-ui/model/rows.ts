import type { Group } from "./groups";

/** What arrow keys move among: the headings of plans, and the cards of their phases. */
export type Row =
  | { readonly kind: "plan"; readonly id: string; readonly isOpen: boolean }
  | { readonly kind: "phase"; readonly id: string; readonly planId: string };

/** The rows of a tab from top to bottom. */
export function rowsOf(groups: readonly Group[], collapsed: ReadonlySet<string>): Row[] {
  return groups.flatMap(({ plan: { planId }, shown }) => {
    const isOpen = !collapsed.has(planId);
    const heading: Row = { kind: "plan", id: planId, isOpen };
    const cards = shown.map(({ queueId }): Row => ({ kind: "phase", id: queueId, planId }));
    return isOpen ? [heading, ...cards] : [heading];
  });
}

/** The row that a key leads to from another; undefined where the key means nothing there. */
export function rowAfter(key: string, rows: readonly Row[], from: number): Row | undefined {
  const row = rows[from];
  switch (key) {
    case "ArrowDown":
      return rows[from + 1];
    case "ArrowUp":
      return rows[from - 1];
    case "Home":
      return rows[0];
    case "End":
      return rows.at(-1);
    case "ArrowLeft":
      return row?.kind === "phase"
        ? rows.find(({ kind, id }) => kind === "plan" && id === row.planId)
        : undefined;
    case "ArrowRight":
      return row?.kind === "plan" && row.isOpen ? rows[from + 1] : undefined;
    default:
      return undefined;
  }
}
