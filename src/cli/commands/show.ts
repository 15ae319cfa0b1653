import { isoNow } from "../../core/base/clock";
import type { AttemptItem, PhaseQueueItem, PlanItem } from "../../core/protocol/queue";
import type { QueueReader } from "../../core/queue/queueReader";
import type { Survivor } from "../../core/protocol/attempts";
import { attemptFolder } from "../../core/runner/attemptFolder";
import { survivorsOf } from "../../core/runner/survivors";
import type { Context } from "../context";
import { type ExitCode, exitCodes } from "../exitCodes";
import { findPhase } from "../queue/ids";
import { lookAtOwner, ownerInWords } from "../queue/owner";
import { reading } from "../queue/reading";
import { cleanLines, cleanText } from "../../core/protocol/words/cleanText";
import { type Line, renderLine, span, wrapLine } from "../terminal/line";
import { durationBetween, localTime } from "../../core/protocol/words/duration";
import { phaseId, phaseTitle, shellWords } from "../../core/protocol/words/names";
import { phaseDetail, phaseTime } from "../../core/protocol/words/phaseDetail";
import { statusLooks } from "../words/statuses";

/** Shows everything about one phase. */
export function show(context: Context, id: string | undefined): Promise<ExitCode> {
  return reading(context, (queue) => {
    const phase = findPhase(context, queue, id);
    const plan = queue.plan(phase.plan_id);
    const attempts = queue
      .attempts(phase.queue_id)
      .map((attempt) => withSurvivors(context, attempt));
    if (context.json) {
      context.printer.json({ phase, ...(plan && { plan }), attempts });
    } else {
      print(context, queue, phase, plan, attempts);
    }
    return exitCodes.completed;
  });
}

interface ShownAttempt extends AttemptItem {
  /** Processes that outlived an attempt which succeeded; missing where there are none. */
  readonly survivors?: readonly Survivor[];
}

/** What a failed attempt leaves is stopped; what a successful one leaves is left, and listed here. */
function withSurvivors(context: Context, attempt: AttemptItem): ShownAttempt {
  if (attempt.outcome !== "completed" || attempt.command.length === 0) {
    return attempt;
  }
  const folder = attemptFolder(context.workspace.hopperFolder, attempt);
  const known = { attemptId: attempt.attempt_id };
  const survivors = survivorsOf(folder, context.clock, known);
  return survivors.length === 0 ? attempt : { ...attempt, survivors };
}

function print(
  context: Context,
  queue: QueueReader,
  phase: PhaseQueueItem,
  plan: PlanItem | undefined,
  attempts: readonly ShownAttempt[],
): void {
  const { printer, terminal } = context;
  const now = isoNow(context.clock);
  const lines: Line[] = [
    [span(`${phaseId(phase)}  `, "dim"), span(phaseTitle(phase), "bold")],
    ...statusLines(phase, now, terminal.columns),
    ...(plan
      ? wrapped(
          label("plan"),
          span(`${plan.plan_number}  ${cleanText(plan.title)}`),
          terminal.columns,
        )
      : []),
    ...field("file", plan?.source_path && cleanText(plan.source_path)),
    ...field("after", dependencies(queue, phase)),
    ...field("runner", phase.runner),
    ...field("priority", phase.priority === 50 ? undefined : String(phase.priority)),
    ...field("label", phase.label === String(phase.phase_number) ? undefined : phase.label),
    ...field("issue", issueOf(queue, phase.plan_id, phase.issue_number)),
    ...field("parent", issueOf(queue, phase.plan_id, phase.parent_issue)),
    ...field("id", phase.queue_id),
    ...times(phase),
    ...attempts.flatMap((attempt) => attemptLines(context, attempt, now)),
    ...contentLines(phase),
  ];
  const owner = ownerInWords(lookAtOwner(context), queue);
  if (owner !== undefined) {
    lines.push([], [span(owner)]);
  }
  printer.line(lines.map((line) => renderLine(line, terminal.palette)).join("\n"));
}

/** "#13", with its address where that is known. */
function issueOf(queue: QueueReader, planId: string, number = 0): string | undefined {
  const url = queue.issueUrl(planId, number);
  return number === 0 ? undefined : `#${number}${url === undefined ? "" : `  ${url}`}`;
}

function statusLines(phase: PhaseQueueItem, now: string, columns: number): Line[] {
  const { symbol, look } = statusLooks[phase.status];
  const detail = phaseDetail(phase, now);
  const time = phaseTime(phase, now);
  const reason = phase.reason === undefined ? "" : ` (${phase.reason})`;
  return [
    [
      label("status"),
      span(`${symbol} ${phase.status}${reason}`, look),
      span(time === "" ? "" : `  ${time}`, "dim"),
    ],
    ...(detail === "" || detail === phase.reason
      ? []
      : wrapped(label(""), span(detail, look), columns)),
  ];
}

function dependencies(queue: QueueReader, phase: PhaseQueueItem): string | undefined {
  const words = phase.depends_on_phases.map((number) => {
    const other = queue.phaseByNumber(phase.plan_number, number);
    return `Phase ${number} (${other?.status ?? "removed"})`;
  });
  return words.length === 0 ? undefined : words.join(", ");
}

function times(phase: PhaseQueueItem): Line[] {
  const { created_at, ready_at, started_at, finished_at, not_before } = phase;
  const known = [
    ["enqueued", created_at],
    ["ready", ready_at],
    ["not before", not_before],
    ["started", started_at],
    ["finished", finished_at],
  ] as const;
  return known.flatMap(([name, time]) => field(name, time && localTime(time)));
}

function attemptLines(context: Context, attempt: ShownAttempt, now: string): Line[] {
  const { attempt_number, state, outcome, started_at, finished_at, exit_code, signal } = attempt;
  const look = outcome === "completed" ? "green" : outcome === undefined ? "yellow" : "red";
  const how = [
    outcome ?? state,
    exit_code === undefined ? "" : `exit code ${exit_code}`,
    signal ?? "",
    durationBetween(started_at, finished_at ?? now) ?? "",
  ].filter((word) => word !== "");
  const folder = attemptFolder(context.workspace.hopperFolder, attempt);
  return [
    [],
    [span(`attempt ${attempt_number}`.padEnd(labelWidth), "bold"), span(how.join(", "), look)],
    ...field("runner", attempt.runner),
    ...field(
      "command",
      attempt.command.length > 0 ? cleanText(shellWords(attempt.command)) : undefined,
    ),
    ...field("process", state === "running" ? attempt.pid?.toString() : undefined),
    ...field("files", attempt.command.length > 0 ? folder : undefined),
    ...field("started", localTime(started_at)),
    ...field("progress", attempt.progress && cleanText(attempt.progress)),
    ...field("heard of", attempt.heartbeat_at && localTime(attempt.heartbeat_at)),
    ...field("evidence", evidenceInWords(attempt.evidence)),
    ...(attempt.survivors ?? []).flatMap(({ pid, command }) =>
      field("still alive", cleanText(`${pid}  ${command}`)),
    ),
  ];
}

function evidenceInWords(evidence: unknown): string | undefined {
  const longest = 500;
  const text = evidence === undefined ? undefined : cleanText(JSON.stringify(evidence));
  return text !== undefined && text.length > longest ? `${text.slice(0, longest)}…` : text;
}

const mostContentLines = 12;

function contentLines({ phase_data }: PhaseQueueItem): Line[] {
  const lines = cleanLines(phase_data.content);
  const more = lines.length - mostContentLines;
  return [
    [],
    ...lines.slice(0, mostContentLines).map((line) => [span(`  ${line}`.trimEnd(), "dim")]),
    ...(more > 0 ? [[span(`  … ${more} more lines`, "dim")]] : []),
  ];
}

const labelWidth = 12;

function label(name: string): Line[number] {
  return span(name.padEnd(labelWidth), "dim");
}

/** A text of words beside its label; what is to be copied, such as a path, is never parted. */
function wrapped(name: Line[number], text: Line[number], columns: number): Line[] {
  return wrapLine([text], columns - labelWidth).map((line, index) => [
    index === 0 ? name : label(""),
    ...line,
  ]);
}

function field(name: string, value: string | undefined): Line[] {
  return value === undefined || value === "" ? [] : [[label(name), span(value)]];
}
