import type { AttemptItem, PhaseQueueItem, PlanItem } from "../core/protocol/queue";
import type { PhaseStatus } from "../core/protocol/terms";
import { cleanText } from "../core/protocol/words/cleanText";
import { localTime } from "../core/protocol/words/duration";
import { phaseDetail, phaseTime } from "../core/protocol/words/phaseDetail";
import { t } from "./l10n";
import { nameOf, statusInWords } from "./words";

/** What a report is made from. */
export interface ReportFacts {
  readonly plan: PlanItem;
  readonly phases: readonly PhaseQueueItem[];
  /** The last attempt of each failed phase, by queue_id. */
  readonly failures: ReadonlyMap<string, AttemptItem>;
  readonly waiting: string;
  /** ISO time. */
  readonly now: string;
}

/** Signs that stay what they are wherever the report is pasted. */
const signs: Readonly<Record<PhaseStatus, string>> = {
  queued: "⚪",
  ready: "🔵",
  running: "🟡",
  completed: "✅",
  blocked: "🟠",
  failed: "❌",
};

/** How a plan stands, as Markdown for an issue or a chat. */
export function planReport({ plan, phases, failures, waiting, now }: ReportFacts): string {
  const done = phases.filter(({ status }) => status === "completed").length;
  const rows = phases.map((phase) => {
    const { phase_number, phase_data, status, attempts } = phase;
    const cells = [
      String(phase_number),
      phase_data.title,
      `${signs[status]} ${statusInWords(status)}`,
      phaseTime(phase, now),
      attempts === 0 ? "" : String(attempts),
      phaseDetail(phase, now),
    ];
    return `| ${cells.map(cell).join(" | ")} |`;
  });
  const failed = phases.filter(({ status }) => status === "failed");
  return [
    `## ${inline(plan.title)}`,
    "",
    `${t("{0} of {1} phases completed", done, phases.length)} · ${inline(waiting)} · ${localTime(now)}`,
    "",
    `| # | ${t("Phase")} | ${t("Status")} | ${t("Time")} | ${t("Attempts")} | ${t("Detail")} |`,
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
    ...failed.flatMap((phase) => failure(phase, failures.get(phase.queue_id))),
    "",
  ].join("\n");
}

function failure(phase: PhaseQueueItem, attempt: AttemptItem | undefined): string[] {
  const command = (attempt?.command ?? []).join(" ");
  const text = [cleanText(phase.error_message ?? ""), command === "" ? "" : `$ ${command}`]
    .filter((line) => line !== "")
    .join("\n");
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  const heading = `### ${inline(nameOf(phase))}`;
  return ["", heading, "", `${fence}text`, text, fence];
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

/** A cell of a table stays one. */
function cell(text: string): string {
  return inline(text).replaceAll("|", "\\|");
}

/** One line, nothing of which is markup, an HTML tag, or calls people or issues. */
function inline(text: string): string {
  return cleanText(text)
    .replaceAll(/[\r\n]+/g, " ")
    .replaceAll(/[\\`*_[\]<>~]/g, "\\$&")
    .replaceAll(/([@#])(?=\w)/g, "$1\u200b");
}
