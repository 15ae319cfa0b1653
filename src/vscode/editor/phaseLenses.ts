import { phaseDetail, phaseTime } from "../../core/protocol/words/phaseDetail";
import type { Capability } from "../contributions";
import { t } from "../l10n";
import { phaseRow, type PhaseRowFacts, waitsForSomebody } from "../tree/phaseRow";
import { statusInWords } from "../words";
import { changesOf, type PhaseMark, type PlanMarks } from "./planMarks";

/** What a lens does when it is clicked; `show` shows the queue. */
export type LensAction =
  | Extract<Capability, "start" | "cancel" | "retry" | "log" | "issue">
  | "done"
  | "failed"
  | "show"
  | "enqueue"
  | "showChanges"
  | "update"
  | "add";

/** One lens, free of the editor's own types. */
export interface Lens {
  readonly title: string;
  readonly action: LensAction;
}

/** Longer errors are in the hover. */
const longest = 70;

/** The lenses above a phase's heading: its status, and what can be done about it. */
export function phaseLenses(mark: PhaseMark, facts: PhaseRowFacts | undefined): Lens[] {
  if (!facts) {
    return mark.change === "added"
      ? [
          { title: `$(diff-added) ${t("Not in the queue")}`, action: "showChanges" },
          { title: t("Add to the Queue"), action: "add" },
        ]
      : [];
  }
  const { icon, capabilities } = phaseRow(facts);
  const can = (word: Capability): boolean => capabilities.includes(word);
  const lenses: Lens[] = [
    {
      title: `$(${icon.id}) ${statusLine(facts)}`,
      action: can("log") ? "log" : "show",
    },
  ];
  if (can("start")) lenses.push({ title: `$(play) ${t("Start")}`, action: "start" });
  if (can("settle")) {
    lenses.push({ title: `$(check) ${t("Done")}`, action: "done" });
    lenses.push({ title: `$(close) ${t("Failed")}`, action: "failed" });
  }
  if (can("retry")) lenses.push({ title: `$(refresh) ${t("Retry")}`, action: "retry" });
  if (can("cancel")) lenses.push({ title: `$(debug-stop) ${t("Cancel")}`, action: "cancel" });
  if (can("log")) lenses.push({ title: `$(output) ${t("Show Log")}`, action: "log" });
  if (can("issue")) lenses.push(issueLens(facts.phase.issue_number ?? 0));
  if (mark.change === "differs" || mark.change === "moved") {
    const what = mark.change === "differs" ? t("Text differs") : t("Place differs");
    lenses.push({ title: `$(diff-modified) ${what}`, action: "showChanges" });
    if (facts.canChange) lenses.push({ title: t("Update from File"), action: "update" });
  }
  return lenses;
}

/** Whom a phase waits for that no process of ours works on. */
function turnInWords(facts: PhaseRowFacts): string | undefined {
  switch (waitsForSomebody(facts)) {
    case "person":
      return t("waiting for a person");
    case "workflow":
      return t("waiting for a workflow");
    case undefined:
      return undefined;
  }
}

function issueLens(number: number): Lens {
  return { title: `$(issues) #${number}`, action: "issue" };
}

/** "failed: step 1 exited with code 3 · 12s" */
function statusLine(facts: PhaseRowFacts): string {
  const { phase, now } = facts;
  const detail = phaseDetail(phase, now);
  const said = [turnInWords(facts) ?? statusInWords(phase.status), detail]
    .filter((part) => part !== "")
    .join(": ");
  const cut = said.length > longest ? `${said.slice(0, longest - 1)}…` : said;
  const time = phaseTime(phase, now);
  // A plan's own words must not become icons.
  return [cut, time]
    .filter((part) => part !== "")
    .join(" · ")
    .replaceAll("$(", "$ (");
}

/**
 * The lenses above a plan's title.
 *
 * @param waiting what the plan waits for, where it is enqueued.
 */
export function planLenses(
  marks: PlanMarks,
  waiting: string,
  icon: string,
  canChange: boolean,
): Lens[] {
  const { plan, phases } = marks;
  if (!plan) {
    return [{ title: `$(add) ${t("Enqueue Phases")}`, action: "enqueue" }];
  }
  const done = phases.filter(({ status }) => status === "completed").length;
  const progress = t("{0} of {1} completed", done, phases.length);
  const isDone = done === phases.length;
  const state = isDone ? progress : `${progress} · ${waiting.replaceAll("$(", "$ (")}`;
  const lenses: Lens[] = [{ title: `$(${icon}) ${state}`, action: "show" }];
  const changes = changesInWords(marks);
  if (changes !== "") {
    lenses.push({ title: `$(diff) ${changes}`, action: "showChanges" });
    if (canChange) lenses.push({ title: t("Update from File…"), action: "update" });
  }
  if (isDone) {
    lenses.push({ title: `$(add) ${t("Enqueue Again")}`, action: "enqueue" });
  }
  if (plan.parent_issue !== 0) {
    lenses.push(issueLens(plan.parent_issue));
  }
  return lenses;
}

/** "2 phases differ, 1 phase is new"; empty where the file is what is stored. */
export function changesInWords(marks: PlanMarks): string {
  const { differing, moved, added, removed, renumbered, frame } = changesOf(marks);
  const changed = differing.length + moved.length;
  const parts = [
    changed === 1 ? t("1 phase differs") : changed > 1 ? t("{0} phases differ", changed) : "",
    added.length === 1
      ? t("1 phase is new")
      : added.length > 1
        ? t("{0} phases are new", added.length)
        : "",
    removed.length === 1
      ? t("1 phase is gone")
      : removed.length > 1
        ? t("{0} phases are gone", removed.length)
        : "",
    frame.title ? t("the title differs") : "",
    frame.context ? t("the context differs") : "",
  ].filter((part) => part !== "");
  // Numbers follow of themselves whatever else is taken over.
  return parts.length === 0 && renumbered.length > 0 ? t("the numbers differ") : parts.join(", ");
}
