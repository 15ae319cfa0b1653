import { attemptOutcome, reasonInWords } from "../../core/protocol/words/attemptOutcome";
import { durationBetween, localTime } from "../../core/protocol/words/duration";
import { phaseList } from "../../core/protocol/words/phaseList";
import { phaseDetail, phaseTime } from "../../core/protocol/words/phaseDetail";
import { storedInWords } from "../../core/protocol/words/storedWords";
import type { AttemptItem, PhaseQueueItem } from "../../core/protocol/queue";
import type { RunnerKind } from "../../core/protocol/terms";
import type { Capability } from "../contributions";
import { t } from "../l10n";
import { nameOf, phaseLabel, statusInWords } from "../words";
import { escapeMarkdown, type Row, type RowIcon, statusIcons } from "./row";

/** What a phase's row is drawn from. */
export interface PhaseRowFacts {
  readonly phase: PhaseQueueItem;
  /** Undefined when no runner of that name is configured any more. */
  readonly runnerKind: RunnerKind | undefined;
  /** It was reported as done, and its verify blocks are at work on it. */
  readonly isVerifying?: boolean;
  /** An attempt of it has output to look at. */
  readonly hasLog: boolean;
  /** The plan came from a file that can be gone to. */
  readonly hasSource: boolean;
  /** The plan's file has another text of it by now, or another place. */
  readonly differs?: boolean;
  /** The queue can be changed from this window. */
  readonly canChange: boolean;
  /** ISO time. */
  readonly now: string;
}

/** A phase as a row: "2: Build", what there is to say of it, and what can be done with it. */
export function phaseRow(facts: PhaseRowFacts): Row {
  const { phase, now } = facts;
  const issue = phase.issue_number === undefined ? "" : `#${phase.issue_number}`;
  const attempts = phase.attempts > 1 ? t("{0} attempts", phase.attempts) : "";
  const differs = facts.differs === true ? t("differs from the file") : "";
  const description = [phaseDetail(phase, now), phaseTime(phase, now), attempts, issue, differs]
    .filter((part) => part !== "")
    .join(" · ");
  return {
    label: phaseLabel(phase),
    description,
    icon: icon(facts),
    spoken: `${nameOf(phase)}, ${stateInWords(facts)}${description === "" ? "" : `, ${description}`}`,
    capabilities: capabilitiesOf(facts),
  };
}

function icon(facts: PhaseRowFacts): RowIcon {
  const { color } = statusIcons.running;
  if (waitsForSomebody(facts) === undefined || color === undefined) {
    return statusIcons[facts.phase.status];
  }
  return { id: facts.runnerKind === "manual" ? "person" : "radio-tower", color };
}

/** Whom a running phase waits for that no process of ours works on. */
export function waitsForSomebody({
  phase,
  runnerKind,
  isVerifying = false,
}: PhaseRowFacts): "person" | "workflow" | undefined {
  if (phase.status !== "running" || isVerifying) {
    return undefined;
  }
  if (runnerKind === "manual") {
    return "person";
  }
  return runnerKind === "external" ? "workflow" : undefined;
}

/** "running", or "waiting for a person". */
function stateInWords(facts: PhaseRowFacts): string {
  const turn = waitsForSomebody(facts);
  return turn === undefined
    ? statusInWords(facts.phase.status)
    : turn === "person"
      ? t("waiting for a person")
      : t("waiting for a workflow");
}

function capabilitiesOf(facts: PhaseRowFacts): Capability[] {
  const { phase, hasLog, hasSource, canChange } = facts;
  const { status } = phase;
  const words: Capability[] = [];
  const settled = status === "completed";
  if (canChange) {
    if (status === "ready") words.push("start");
    if (status === "running") words.push("cancel");
    if (waitsForSomebody(facts) !== undefined) words.push("settle");
    if (status === "failed") words.push("retry");
    if (status !== "running" && !settled) words.push("skip");
    if (status === "queued" || status === "ready" || status === "blocked") words.push("move");
    if (status !== "running") words.push("remove");
  }
  if (hasSource) words.push("goTo");
  if (facts.differs === true) words.push("showChanges");
  if (facts.differs === true && canChange) words.push("update");
  if (hasLog) words.push("log");
  if (hasLog && phase.attempts > 1) words.push("attempts");
  if (phase.error_message !== undefined) words.push("error");
  if (phase.issue_number !== undefined) words.push("issue");
  return words;
}

/** Markdown: all there is to say of a phase, with its newest attempts. */
export function phaseTooltip(facts: PhaseRowFacts, attempts: readonly AttemptItem[]): string {
  const { phase } = facts;
  const { depends_on_phases, reason, error_message, runner, priority } = phase;
  const heading = t(
    "**Phase {0}: {1}**",
    phase.phase_number,
    escapeMarkdown(phase.phase_data.title),
  );
  const state = stateInWords(facts);
  const lines = [
    `${state}${reason === undefined ? "" : ` (${reasonInWords(reason)})`}`,
    error_message === undefined ? "" : escapeMarkdown(storedInWords(error_message)),
    depends_on_phases.length === 0
      ? t("Depends on nothing")
      : t("Depends on {0}", phaseList(depends_on_phases)),
    facts.runnerKind === undefined
      ? t("Runner {0} (not configured)", escapeMarkdown(runner))
      : t("Runner {0}", escapeMarkdown(runner)),
    priority === 50 ? "" : t("Priority {0}", priority),
    ...times(phase),
    ...attempts.slice(-3).map((attempt) => attemptLine(attempt, facts.now)),
  ];
  return [heading, ...lines.filter((line) => line !== "")].join("  \n");
}

function times({ created_at, started_at, finished_at }: PhaseQueueItem): string[] {
  return [
    t("Enqueued {0}", localTime(created_at)),
    started_at === undefined ? "" : t("Started {0}", localTime(started_at)),
    finished_at === undefined ? "" : t("Ended {0}", localTime(finished_at)),
  ];
}

function attemptLine(attempt: AttemptItem, now: string): string {
  const { attempt_number, started_at, finished_at } = attempt;
  const time = durationBetween(started_at, finished_at ?? now) ?? "";
  return t("Attempt {0}: {1}, {2}", attempt_number, attemptOutcome(attempt), time);
}
