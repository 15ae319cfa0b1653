import { durationBetween } from "../protocol/words/duration";
import { phaseList } from "../protocol/words/phaseList";
import type { PhaseStatus } from "../protocol/terms";
import { foreignLine, foreignMarkdown, foreignOutput, foreignTitle } from "./foreignText";
import { happeningOf } from "./happening";
import { asSection, shortened } from "./marker";
import type {
  ChildFacts,
  CommentFacts,
  Happening,
  ParentFacts,
  PhaseLine,
  StatusFacts,
  Thing,
} from "./terms";

/** What texts link to, as far as it is on GitHub. */
export interface Links {
  readonly parent: number | undefined;
  /** Issues of phases, by queue_id. */
  readonly issues: ReadonlyMap<string, number>;
}

/** A thing as it is sent: a comment has no title. */
export interface ThingText {
  readonly title?: string;
  readonly body: string;
  readonly labels?: readonly string[];
}

/** The text of a thing, without its marker. */
export function textOf(thing: Thing, links: Links): ThingText {
  switch (thing.kind) {
    case "parent":
      return parentText(thing.facts, links);
    case "child":
      return childText(thing.facts, links);
    case "status":
      return { body: statusText(thing.facts, links) };
    case "comment":
      return { body: commentText(thing.facts, links) };
  }
}

/** The part of a parent's text that changes: one line for each phase. */
export function progressText({ phases }: Pick<ParentFacts, "phases">, links: Links): string {
  const completed = phases.filter(({ status }) => status === "completed").length;
  const lines = phases.map((phase) => checklistLine(phase, links));
  return `**${completed} of ${phases.length} phases completed**\n\n${lines.join("\n")}`;
}

/** An error's essence is in its first lines. */
const longestError = 600;
/** What is left of the longest text for a list of a thousand phases. */
const longestContext = 20_000;

function parentText(facts: ParentFacts, links: Links): ThingText {
  const { title, context, path, labels } = facts;
  const source = path === undefined ? "" : ` It is \`${path.replaceAll("`", "")}\`.`;
  const about = shortened(foreignMarkdown(context), longestContext);
  return {
    title: foreignTitle(title),
    labels,
    body: [
      ...(about === "" ? [] : [about, "---"]),
      asSection(progressText(facts, links)),
      `*This plan is carried out by Phase Hopper.${source} The list above follows its phases.*`,
    ].join("\n\n"),
  };
}

function childText(facts: ChildFacts, { parent }: Links): ThingText {
  const { number, total, position, title, planTitle, dependsOn, content, documents } = facts;
  const name = isNamed(number, title) ? `: ${title}` : "";
  const order = [
    `Phase ${number} of ${total} of “${foreignLine(planTitle)}”`,
    ...(parent === undefined ? [] : [`Parent: #${parent}`]),
    `Execution order: ${position} of ${total}`,
    dependsOn.length === 0 ? "Depends on no other phase" : `Depends on ${phaseList(dependsOn)}`,
  ];
  return {
    title: foreignTitle(`Phase ${number} of ${total}${name}`),
    labels: facts.labels,
    body: [
      order.map((line) => `- ${line}`).join("\n"),
      "---",
      foreignMarkdown(content),
      ...(documents.length === 0
        ? []
        : ["**Documents**", documents.map((path) => `- ${inCode(path)}`).join("\n")]),
    ].join("\n\n"),
  };
}

function commentText(facts: CommentFacts, { issues }: Links): string {
  const issue = issues.get(facts.phase.queueId);
  return `${happeningText(facts)}${issue === undefined ? "" : `\n\nIts issue: #${issue}`}`;
}

/** The living comment: what happened last, and where everything stands. */
function statusText(facts: StatusFacts, links: Links): string {
  const { title, phases, pausedReason } = facts;
  const news = latest(facts).map((phase) => happeningText(happeningOf(phase, facts)));
  const pause = pausedReason === undefined ? [] : [`Paused: ${foreignLine(pausedReason)}.`];
  return [
    `### ${foreignLine(title)}`,
    ...(news.length + pause.length === 0 ? [startText(phases)] : [...news, ...pause]),
    progressText(facts, links),
  ].join("\n\n");
}

/** The phases that say what happened last: every failed one, else the one that completed last. */
function latest({ phases }: StatusFacts): readonly PhaseLine[] {
  const failed = phases.filter(({ status }) => status === "failed");
  const completed = phases
    .filter(({ status }) => status === "completed")
    .sort((a, b) => (a.finishedAt ?? "").localeCompare(b.finishedAt ?? "") || a.number - b.number);
  return failed.length > 0 ? failed : completed.slice(-1);
}

function happeningText({ phase, next, blocked, allCompleted }: Happening): string {
  if (phase.status === "failed") {
    return failureText(phase, blocked);
  }
  const how = phase.reason === "skipped" ? "was skipped" : `completed${taken(phase)}`;
  const onward = allCompleted
    ? " All phases complete!"
    : next.length === 0
      ? ""
      : ` Moving to ${phaseList(next)}.`;
  return `**${nameOf(phase)}** ${how}.${onward}`;
}

function failureText(phase: PhaseLine, blocked: readonly number[]): string {
  const error = phase.error === undefined || phase.error === phase.reason ? "" : phase.error;
  const reason = phase.reason === undefined ? "" : ` (${phase.reason})`;
  return [
    `**${nameOf(phase)}** failed${taken(phase)}${reason}.`,
    ...(error === "" ? [] : [foreignOutput(shortened(error, longestError))]),
    blocked.length === 0
      ? "Nothing else is blocked."
      : `Blocked until it is retried or skipped: ${phaseList(blocked)}.`,
  ].join("\n\n");
}

function startText(phases: readonly PhaseLine[]): string {
  const running = phases.filter(({ status }) => status === "running");
  return running.length === 0
    ? "Nothing has run yet."
    : `${phaseList(running.map(({ number }) => number))} ${running.length === 1 ? "is" : "are"} running.`;
}

function checklistLine(phase: PhaseLine, { issues }: Links): string {
  const issue = issues.get(phase.queueId);
  const state = phase.reason === "skipped" ? "skipped" : statusWords[phase.status];
  return (
    `- [${phase.status === "completed" ? "x" : " "}] ${nameOf(phase)}` +
    `${issue === undefined ? "" : ` (#${issue})`} — ${state}${taken(phase)}`
  );
}

const statusWords: Readonly<Record<PhaseStatus, string>> = {
  queued: "queued",
  ready: "ready",
  running: "**running**",
  completed: "completed",
  blocked: "blocked",
  failed: "**failed**",
};

function taken({ status, startedAt, finishedAt }: PhaseLine): string {
  const ended = status === "completed" || status === "failed";
  const time = ended ? durationBetween(startedAt, finishedAt) : undefined;
  return time === undefined ? "" : ` in ${time}`;
}

/** "Phase 2: Build" */
function nameOf({ number, title }: PhaseLine): string {
  return `Phase ${number}${isNamed(number, title) ? `: ${foreignLine(title)}` : ""}`;
}

function isNamed(number: number, title: string): boolean {
  return title !== "" && title !== `Phase ${number}`;
}

function inCode(text: string): string {
  return `\`${text.replaceAll(/[`\s]+/g, " ").trim()}\``;
}
