import { cleanText } from "../../core/protocol/words/cleanText";
import { localTime } from "../../core/protocol/words/duration";
import type { PlanItem } from "../../core/protocol/queue";
import type { Waiting } from "../../core/protocol/snapshot";
import type { PhaseStatus } from "../../core/protocol/terms";
import { type Capability, statusColors } from "../contributions";
import { t } from "../l10n";
import { statusInWords } from "../words";
import { escapeMarkdown, type Row, type RowIcon, statusIcons } from "./row";

/** What a plan's row is drawn from. */
export interface PlanRowFacts {
  readonly plan: PlanItem;
  readonly counts: ReadonlyMap<string, number>;
  readonly waiting: Waiting;
  readonly canChange: boolean;
  /** Issues on GitHub follow the plan. */
  readonly isMirrored: boolean;
  /** How its file differs from what is stored, in words; empty where it does not. */
  readonly differs?: string;
}

/** A plan as a row: its title, its progress, and what it waits for. */
export function planRow(facts: PlanRowFacts): Row {
  const { plan, waiting } = facts;
  const title = cleanText(plan.title);
  const progress = progressOf(facts);
  const waits = waiting.kind === "completed" ? "" : cleanText(waiting.text);
  const issue = plan.parent_issue === 0 ? "" : `#${plan.parent_issue}`;
  const { differs = "" } = facts;
  const changed = differs === "" ? "" : t("file changed: {0}", differs);
  const description = [progress, waits, issue, changed].filter((part) => part !== "").join(" · ");
  const [done, all] = numbersOf(facts);
  return {
    label: title,
    description,
    icon: planIcon(facts),
    spoken: t(
      "Plan {0}, {1}, {2} of {3} phases completed, {4}",
      plan.plan_number,
      title,
      done,
      all,
      waiting.text,
    ),
    capabilities: capabilitiesOf(facts),
  };
}

/** "2/5". */
function progressOf(facts: PlanRowFacts): string {
  return numbersOf(facts).join("/");
}

function numbersOf({ counts }: PlanRowFacts): [done: number, all: number] {
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [counts.get("completed") ?? 0, all];
}

function planIcon({ counts, waiting }: PlanRowFacts): RowIcon {
  switch (waiting.kind) {
    case "running":
      return statusIcons[counts.has("running") ? "running" : "ready"];
    case "completed":
      return statusIcons.completed;
    case "failed":
      return statusIcons[counts.has("failed") ? "failed" : "blocked"];
    case "paused":
      return { id: "debug-pause", color: statusColors.running };
    case "person":
      return { id: "person", color: statusColors.running };
    case "workflow":
      return { id: "radio-tower", color: statusColors.running };
    case "retry":
      return { id: "history", color: statusColors.running };
    case "trouble":
      return { id: "warning", color: statusColors.failed };
  }
}

function capabilitiesOf({
  plan,
  counts,
  canChange,
  isMirrored,
  differs = "",
}: PlanRowFacts): Capability[] {
  const words: Capability[] = [];
  const unfinished = [...counts].some(([status, count]) => status !== "completed" && count > 0);
  if (canChange) {
    if (plan.paused_reason !== undefined) {
      words.push("resume");
    } else if (unfinished) {
      words.push("pause");
    }
    if (counts.has("failed")) words.push("retry");
    if (unfinished) words.push("move");
    if (!counts.has("running")) words.push("remove");
    words.push(isMirrored ? "mirrored" : "mirror");
  }
  if (plan.source_path !== undefined) words.push("goTo");
  if (differs !== "") words.push("showChanges");
  if (differs !== "" && canChange) words.push("update");
  if (plan.parent_issue !== 0) words.push("issue");
  return words;
}

/** Markdown: all there is to say of a plan. */
export function planTooltip({ plan, counts, waiting }: PlanRowFacts): string {
  const order: readonly PhaseStatus[] = [
    "completed",
    "running",
    "failed",
    "blocked",
    "ready",
    "queued",
  ];
  const statuses = order
    .filter((status) => counts.has(status))
    .map((status) => `${counts.get(status) ?? 0} ${statusInWords(status)}`);
  const lines = [
    t("**Plan {0}: {1}**", plan.plan_number, escapeMarkdown(plan.title)),
    escapeMarkdown(waiting.text),
    statuses.join(", "),
    plan.source_path === undefined ? "" : escapeMarkdown(plan.source_path),
    t("Runner {0}", escapeMarkdown(plan.runner)),
    t("Enqueued {0}", localTime(plan.created_at)),
  ];
  return lines.filter((line) => line !== "").join("  \n");
}
