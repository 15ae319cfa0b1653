import { basename } from "node:path";
import { HopperError } from "../../core/base/errors";
import { type ParsedPhase, type ParsedPlan, plainProblems } from "../../core/protocol/plan";
import type { Context } from "../context";
import { type ExitCode, exitCodes } from "../exitCodes";
import { runnerSettings } from "../queue/runnerSettings";
import { assertRunner, readPlan } from "../run/planFile";
import { inWords } from "../../core/protocol/words/duration";
import { cleanText } from "../../core/protocol/words/cleanText";
import { displayWidth, pad } from "../terminal/displayWidth";
import { type Line, renderLine, span } from "../terminal/line";
import { blockInWords, hasErrors, printProblems, problemsInWords } from "../words/problems";

/** Shows a plan's phases and everything that is wrong with it. */
export async function check(context: Context, file = ""): Promise<ExitCode> {
  await Promise.resolve();
  const { json, printer } = context;
  const settings = runnerSettings(context);
  assertRunner(context, settings);
  let plan: ParsedPlan;
  try {
    ({ plan } = readPlan(context, settings, file).loaded);
  } catch (error) {
    if (json && error instanceof HopperError && error.kind === "usage") {
      printer.json(unreadableAsJson(file, error));
      return exitCodes.usage;
    }
    throw error;
  }
  if (json) {
    printer.json(planAsJson(plan));
  } else {
    printProblems(context, file, plan.problems, (line) => printer.line(line));
    printPhases(context, plan);
  }
  return hasErrors(plan) ? exitCodes.usage : exitCodes.completed;
}

/** The documented shape of `check --json`. */
function planAsJson({ title, context, phases, problems }: ParsedPlan): object {
  return { title, context, phases: phases.map(phaseAsJson), problems: plainProblems(problems) };
}

/** The same shape for a file that is there and holds no text: whoever reads it needs only one. */
function unreadableAsJson(file: string, { message }: HopperError): object {
  const code = "not-readable";
  const problem = { severity: "error", code, message, startLine: 0, endLine: 0 };
  return { title: basename(file), context: "", phases: [], problems: [problem] };
}

function phaseAsJson(phase: ParsedPhase): object {
  const { number, label, title, content, externalDocs, dependsOn, startLine, endLine } = phase;
  const { runner, timeout, retries } = phase;
  return {
    number,
    label,
    title,
    content,
    externalDocs,
    dependsOn,
    ...(runner !== undefined && { runner }),
    ...(timeout !== undefined && { timeout }),
    ...(retries !== undefined && { retries }),
    startLine,
    endLine,
  };
}

function printPhases(context: Context, plan: ParsedPlan): void {
  const { printer, terminal } = context;
  const { phases, problems } = plan;
  if (phases.length > 0) {
    if (problems.length > 0) {
      printer.line();
    }
    printer.line(renderLine([span(cleanText(plan.title), "bold")], terminal.palette));
  }
  const numberWidth = String(phases.at(-1)?.number ?? 0).length;
  const titleWidth = Math.min(40, ...[Math.max(0, ...phases.map(widthOfTitle))]);
  for (const phase of phases) {
    const line: Line = [
      span(`  ${String(phase.number).padStart(numberWidth)}  `, "dim"),
      span(pad(cleanText(phase.title), titleWidth)),
      span(`  ${details(phase).join(" · ")}`, "dim"),
    ];
    printer.line(renderLine(line, terminal.palette, terminal.columns));
  }
  const count = phases.length === 1 ? "1 phase" : `${phases.length} phases`;
  printer.line(`${count}, ${problemsInWords(problems)}.`);
}

function widthOfTitle({ title }: ParsedPhase): number {
  return displayWidth(cleanText(title));
}

function details(phase: ParsedPhase): string[] {
  const { dependsOn, runner, blocks, verify, timeout, retries, checkpoint } = phase;
  return [
    dependsOn.length === 0 ? "first" : `after ${dependsOn.join(", ")}`,
    ...(runner === undefined ? [] : [`runner ${runner}`]),
    ...(blocks.length === 0 ? [] : [blocks.map(blockInWords).join(", ")]),
    ...(verify.length === 0 ? [] : [`verify ${verify.map(blockInWords).join(", ")}`]),
    ...(timeout === undefined
      ? []
      : [timeout === 0 ? "no time-out" : `time-out ${inWords(timeout)}`]),
    ...(retries === undefined || retries === 0 ? [] : [`retries ${retries}`]),
    ...(checkpoint === undefined ? [] : ["then a checkpoint"]),
  ];
}
