import type { PhaseStatus } from "../../core/protocol/terms";
import { t } from "../l10n";

/*
 * Where a row goes that is moved among others: plans, or the phases of one plan. Rows that are not
 * shown, since a filter hides them, keep their places.
 */

/** Ids in the order of starting. */
export interface Rows {
  readonly all: readonly string[];
  readonly isShown: (id: string) => boolean;
}

/** What a row goes before; `last` behind everything. */
export type Place = { readonly before: string } | "last";

/** Moved by one among those that are shown; undefined where there is no further place. */
export function placeBy({ all, isShown }: Rows, own: string, by: -1 | 1): Place | undefined {
  const shown = all.filter((id) => id === own || isShown(id));
  const other = shown[shown.indexOf(own) + by];
  if (other === undefined) {
    return undefined;
  }
  return by === -1 ? { before: other } : behind(all, other, own);
}

/**
 * Dropped on another row it takes that one's place: behind it, where it comes from above. What is
 * dropped on none of these rows goes last.
 */
export function placeOn({ all }: Rows, own: string, target: string | undefined): Place {
  if (target === undefined || !all.includes(target)) {
    return "last";
  }
  return all.indexOf(own) <= all.indexOf(target) ? behind(all, target, own) : { before: target };
}

function behind(all: readonly string[], id: string, own: string): Place {
  const next = all.slice(all.indexOf(id) + 1).find((other) => other !== own);
  return next === undefined ? "last" : { before: next };
}

/** What tells whether a row can be dropped on another one. */
export interface DroppedRow {
  readonly kind: "folder" | "plan" | "phase";
  /** Of its folder. */
  readonly queue: object;
  readonly plan?: { readonly plan_id: string };
}

/** Why a row cannot be dropped there; undefined where it can. */
export function refusalOf(row: DroppedRow, target: DroppedRow | undefined): string | undefined {
  if (target && target.queue !== row.queue) {
    return t("A plan stays in the queue of its folder.");
  }
  const isElsewhere = target !== undefined && target.plan?.plan_id !== row.plan?.plan_id;
  return row.kind === "phase" && isElsewhere ? t("A phase stays in its plan.") : undefined;
}

/** Whether a phase can be put elsewhere: it has not started. */
export function isWaiting(status: PhaseStatus): boolean {
  return status === "queued" || status === "ready" || status === "blocked";
}
