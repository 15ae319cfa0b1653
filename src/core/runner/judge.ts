import type { Verdict } from "../protocol/attempts";
import { type ExitFile, readExit } from "./attemptFolder";
import {
  type AttemptSpec,
  type AttemptStep,
  describeBlock,
  verifyMarkerStart,
} from "./attemptSpec";
import { lastLine } from "./outputTail";
import { forEachOutputLine } from "./outputLines";
import { SuccessReader } from "./successRule";

/** Decides on an attempt whose exit record is there; `spec` is what its `spec.json` says. */
export function judge(folder: string, spec: AttemptSpec | undefined): Verdict {
  const exit = readExit(folder);
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
  const { succeeded, message, evidence } = readSuccess(folder, spec.success);
  return {
    outcome: succeeded ? "completed" : "exit",
    exitCode: 0,
    evidence,
    ...(message === undefined ? {} : { message }),
  };
}

function readSuccess(folder: string, rule: NonNullable<AttemptSpec["success"]>) {
  const reader = new SuccessReader(rule);
  const marker = Buffer.from(verifyMarkerStart);
  forEachOutputLine(folder, (line) => {
    if (line.subarray(0, marker.length).equals(marker)) {
      return false;
    }
    reader.line(line);
    return true;
  });
  return reader.result();
}

function failed(spec: AttemptSpec, exit: ExitFile, folder: string): Verdict {
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
  return {
    outcome: couldNotRun ? "spawn" : reasonOf(step, exit),
    message: `${name} ${how}${last === "" ? "" : `: ${last}`}`,
    ...result,
    // What the agent itself said often explains its exit better than its last line.
    ...(rule === undefined ? {} : agentsOwnWords(name, how, folder, rule)),
  };
}

function reasonOf(step: AttemptStep | undefined, exit: ExitFile): Verdict["outcome"] {
  if (step?.kind === "verify") {
    return "verify";
  }
  return exit.signal === null ? "exit" : "signal";
}

function agentsOwnWords(
  name: string,
  how: string,
  folder: string,
  rule: NonNullable<AttemptSpec["success"]>,
): Pick<Verdict, "message" | "evidence"> {
  const { message, evidence } = readSuccess(folder, rule);
  return evidence.errorEvent === undefined || message === undefined
    ? { evidence }
    : { evidence, message: `${name} ${how}: ${message}` };
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
