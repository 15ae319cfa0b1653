import type { Verdict } from "../protocol/attempts";
import type { SuccessRule } from "../protocol/runners";
import { type ExitFile, readExit } from "./attemptFolder";
import {
  type AttemptSpec,
  type AttemptStep,
  describeBlock,
  verifyMarkerStart,
} from "./attemptSpec";
import { lastLine } from "./outputTail";
import { forEachOutputLine } from "./outputLines";
import { longestEvent, type RuleResult, SuccessReader } from "./successRule";

/**
 * Decides on an attempt whose exit record is there: at once, unless all of its output must be read.
 *
 * @param spec what its `spec.json` says.
 * @param exit its exit record, read where it is not known.
 */
export function judge(
  folder: string,
  spec: AttemptSpec | undefined,
  exit = readExit(folder),
): Verdict | Promise<Verdict> {
  if (spec === undefined || exit === undefined) {
    return { outcome: "lost", message: "the attempt's spec.json or exit.json cannot be read" };
  }
  if (exit.code !== 0) {
    return failed(spec, exit, folder);
  }
  // An exit of the command with 0 proves little: agents also do so when they gave up.
  if (spec.success === undefined) {
    return { outcome: "completed", exitCode: 0 };
  }
  return judgeByRule(folder, spec.success);
}

async function judgeByRule(folder: string, rule: SuccessRule): Promise<Verdict> {
  const { succeeded, message, evidence } = await readSuccess(folder, rule);
  return {
    outcome: succeeded ? "completed" : "exit",
    exitCode: 0,
    evidence,
    ...(message === undefined ? {} : { message }),
  };
}

async function readSuccess(folder: string, rule: SuccessRule): Promise<RuleResult> {
  const reader = new SuccessReader(rule);
  const marker = Buffer.from(verifyMarkerStart);
  await forEachOutputLine(folder, longestEvent, (line) => {
    if (line.subarray(0, marker.length).equals(marker)) {
      return false;
    }
    reader.line(line);
    return true;
  });
  return reader.result();
}

function failed(spec: AttemptSpec, exit: ExitFile, folder: string): Verdict | Promise<Verdict> {
  const step = spec.steps[exit.step];
  const name = step === undefined ? `step ${exit.step + 1}` : nameOf(step, exit.step);
  const result = {
    ...(exit.code === null ? {} : { exitCode: exit.code }),
    ...(exit.signal === null ? {} : { signal: exit.signal }),
  };
  if (exit.problem === "workspace") {
    return {
      outcome: "spawn",
      message: `the workspace folder ${spec.workspace} cannot be entered`,
      ...result,
    };
  }
  const couldNotRun = step?.kind === "command" && (exit.code === 126 || exit.code === 127);
  const how = couldNotRun
    ? "could not be run"
    : exit.signal === null
      ? `exited with code ${String(exit.code)}`
      : `was ended by ${exit.signal}`;
  const rule = step?.kind === "command" ? spec.success : undefined;
  const last = lastLine(folder, rule !== undefined && rule.format !== "text");
  const verdict: Verdict = {
    outcome: couldNotRun ? "spawn" : reasonOf(step, exit),
    message: `${name} ${how}${last === "" ? "" : `: ${last}`}`,
    ...result,
  };
  return rule === undefined ? verdict : withAgentsOwnWords(verdict, `${name} ${how}`, folder, rule);
}

function reasonOf(step: AttemptStep | undefined, exit: ExitFile): Verdict["outcome"] {
  if (step?.kind === "verify") {
    return "verify";
  }
  return exit.signal === null ? "exit" : "signal";
}

/** What the agent itself said often explains its exit better than its last line. */
async function withAgentsOwnWords(
  verdict: Verdict,
  whatHappened: string,
  folder: string,
  rule: SuccessRule,
): Promise<Verdict> {
  const { message, evidence } = await readSuccess(folder, rule);
  return evidence.errorEvent === undefined || message === undefined
    ? { ...verdict, evidence }
    : { ...verdict, evidence, message: `${whatHappened}: ${message}` };
}

/** "step 2 (sh, line 14)", "verify (sh, line 20)" or "claude". */
function nameOf(step: AttemptStep, index: number): string {
  switch (step.kind) {
    case "command":
      return step.argv[0]?.split(/[/\\]/).at(-1) ?? "the command";
    case "verify":
      return `verify (${describeBlock(step)})`;
    case "block":
      return `step ${index + 1} (${describeBlock(step)})`;
  }
}
