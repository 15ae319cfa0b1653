import { english } from "../base/words";
import { durationBetween } from "../protocol/words/duration";
import { phaseListWords } from "../protocol/words/phaseList";
import type { PhaseStatus } from "../protocol/terms";
import { foreignExtract, foreignLine, foreignOutput, foreignTitle } from "./foreignText";
import { happeningOf } from "./happening";
import { asSection, beginningOf, longestText, sectionFrame, shortened } from "./marker";
import type {
  CommentFacts,
  Happening,
  ParentFacts,
  PhaseLine,
  PhaseText,
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

/**
 * The text of a thing, without its marker.
 *
 * @param entryId marks the part that is ours to rewrite; without it the text is as people see it.
 */
export function textOf(thing: Thing, links: Links, entryId?: string): ThingText {
  switch (thing.kind) {
    case "parent":
      return parentText(thing.facts, links, entryId);
    case "child":
      return childText(thing.text, links, entryId);
    case "status":
      return { body: statusText(thing.facts, links) };
    case "comment":
      return { body: commentText(thing.facts, links) };
  }
}

/** What a marker leaves of the longest text. */
const longestBody = longestText - 100;
/** An error's essence is in its first lines. */
const longestError = 600;
/** The rest is for the list of phases. */
const longestContext = 20_000;
const longestDocuments = 5_000;
const longestName = 250;
/** So many failures are told of one by one. */
const mostFailures = 10;

/** The part of a parent's text that changes: one line for each phase, as far as there is room. */
export function progressText(
  { phases }: Pick<ParentFacts, "phases">,
  links: Links,
  room: number,
): string {
  const completed = phases.filter(({ status }) => status === "completed").length;
  const head = `**${completed} of ${phases.length} phases completed**\n\n`;
  return `${head}${checklist(phases, links, room - head.length)}`;
}

/** Where there is no room for all lines, the completed are left out first, then the last of the others. */
function checklist(phases: readonly PhaseLine[], links: Links, room: number): string {
  const lines = phases.map((phase) => ({ text: checklistLine(phase, links), phase }));
  const whole = lines.map(({ text }) => text).join("\n");
  if (whole.length <= room) {
    return whole;
  }
  const isCompleted = ({ phase }: { readonly phase: PhaseLine }): boolean =>
    phase.status === "completed";
  const inOrder = [
    ...lines.filter(isCompleted),
    ...lines.filter((line) => !isCompleted(line)).reverse(),
  ];
  const leftOut = new Set<(typeof lines)[number]>();
  let length = whole.length + 2 * longestNote;
  for (const line of inOrder) {
    if (length <= room) {
      break;
    }
    leftOut.add(line);
    length -= line.text.length + 1;
  }
  const completed = [...leftOut].filter(isCompleted).length;
  const others = leftOut.size - completed;
  return [
    ...(completed > 0 ? [`- [x] ${completed} completed phases that are not listed`] : []),
    ...lines.filter((line) => !leftOut.has(line)).map(({ text }) => text),
    ...(others > 0 ? [`- [ ] ${others} more phases that are not listed`] : []),
  ].join("\n");
}

const longestNote = 60;

function parentText(facts: ParentFacts, links: Links, entryId: string | undefined): ThingText {
  const { title, context, path, labels } = facts;
  const source = path === undefined ? "" : ` It is \`${path.replaceAll("`", "")}\`.`;
  const about = foreignExtract(context, longestContext);
  const above = about === "" ? "" : `${about}\n\n---\n\n`;
  const below = `\n\n*This plan is carried out by Phase Hopper.${source} The list above follows its phases.*`;
  const section = inSection(entryId, longestBody - above.length - below.length, (room) =>
    progressText(facts, links, room),
  );
  return { title: foreignTitle(title), labels, body: `${above}${section}${below}` };
}

function childText(
  text: PhaseText | undefined,
  links: Links,
  entryId: string | undefined,
): ThingText {
  if (!text) {
    throw new Error("the phase of an issue is gone, and with it its text");
  }
  const { number, total, title, labels } = text;
  const name = isNamed(number, title) ? `: ${title}` : "";
  return {
    title: foreignTitle(`Phase ${number} of ${Math.max(number, total)}${name}`),
    labels,
    body: inSection(entryId, longestBody, (room) => phaseText(text, links, room)),
  };
}

/** What the issue of a phase says, of at most so many characters. */
export function phaseText(text: PhaseText, { parent }: Links, room: number): string {
  const { number, total, position, planTitle, dependsOn, content, documents } = text;
  const order = [
    `Phase ${number} of ${Math.max(number, total)} of “${foreignLine(planTitle)}”`,
    ...(parent === undefined ? [] : [`Parent: #${parent}`]),
    `Execution order: ${position} of ${total}`,
    dependsOn.length === 0 ? "Depends on no other phase" : `Depends on ${phaseList(dependsOn)}`,
  ];
  const head = `${order.map((line) => `- ${line}`).join("\n")}\n\n---\n\n`;
  const list = documents.map((path) => `- ${inCode(path)}`).join("\n");
  const tail =
    documents.length === 0 ? "" : `\n\n**Documents**\n\n${beginningOf(list, longestDocuments)}`;
  return `${head}${foreignExtract(content, room - head.length - tail.length)}${tail}`;
}

/** @param room of the section with its marks. */
function inSection(
  entryId: string | undefined,
  room: number,
  make: (room: number) => string,
): string {
  return entryId === undefined
    ? make(room)
    : asSection(make(room - sectionFrame(entryId)), entryId);
}

function commentText(facts: CommentFacts, { issues }: Links): string {
  const issue = issues.get(facts.phase.queueId);
  return `${happeningText(facts)}${issue === undefined ? "" : `\n\nIts issue: #${issue}`}`;
}

/** The living comment: what happened last, and where everything stands. */
function statusText(facts: StatusFacts, links: Links): string {
  const { title, phases, pausedReason } = facts;
  const all = latest(facts);
  const named = all.slice(0, mostFailures);
  const news = named.map((phase) => happeningText(happeningOf(phase, phases)));
  const more = all.length - named.length;
  const above = [
    `### ${foreignLine(title)}`,
    ...news,
    ...(more > 0 ? [`${more} more have failed.`] : []),
    ...(pausedReason === undefined ? [] : [`Paused: ${foreignLine(pausedReason)}.`]),
    ...(news.length === 0 && pausedReason === undefined ? [startText(phases)] : []),
    "",
  ].join("\n\n");
  return `${above}${progressText(facts, links, longestBody - above.length)}`;
}

/** The phases that say what happened last: every failed one, else the one that completed last. */
function latest({ phases }: StatusFacts): readonly PhaseLine[] {
  const failed = phases.filter(({ status }) => status === "failed");
  const completed = phases
    .filter(({ status }) => status === "completed")
    .sort((a, b) => (a.finishedAt ?? "").localeCompare(b.finishedAt ?? "") || a.number - b.number);
  return failed.length > 0 ? failed : completed.slice(-1);
}

function happeningText({ phase, next, ready, blocked, allCompleted }: Happening): string {
  if (phase.status === "failed") {
    return failureText(phase, blocked);
  }
  const how = phase.reason === "skipped" ? "was skipped" : `completed${taken(phase)}`;
  const onward = [
    ...(allCompleted ? ["All phases complete!"] : []),
    ...(next.length > 0 ? [`Moving to ${phaseList(next)}.`] : []),
    ...(ready.length > 0
      ? [`${phaseList(ready)} ${ready.length === 1 ? "is" : "are"} ready.`]
      : []),
  ];
  return [`**${nameOf(phase)}** ${how}.`, ...onward].join(" ");
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

/** On GitHub everybody reads the same language. */
function phaseList(numbers: readonly number[]): string {
  return english(phaseListWords(numbers));
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
  return `Phase ${number}${isNamed(number, title) ? `: ${foreignLine(beginningOf(title, longestName))}` : ""}`;
}

function isNamed(number: number, title: string): boolean {
  return title !== "" && title !== `Phase ${number}`;
}

function inCode(text: string): string {
  return `\`${text.replaceAll(/[`\s]+/g, " ").trim()}\``;
}
