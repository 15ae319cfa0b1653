import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  openSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { attemptFiles, readSpec } from "./core/runner/attemptFolder";
import { type AttemptSpec, type AttemptStep, verifyMarker } from "./core/runner/attemptSpec";
import { takeAttempt } from "./core/runner/claim";
import { ownIdentity } from "./core/runner/processIdentity";

/**
 * The wrapper for systems without `setsid` or `sh`: the same protocol of files as wrapper.sh. Takes
 * one attempt, runs its steps, and leaves how they ended, whether or not its host still lives.
 *
 * usage: node wrapper.js FOLDER ATTEMPT_ID (detached)
 */

interface StepEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly problem?: string;
}

let stopped = false;

async function main(folder: string, attemptId: string): Promise<void> {
  // Handled, so that the wrapper outlives a stop and can write the end down; a step starts with the
  // default handling all the same.
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM", "SIGQUIT"] as const) {
    if (process.platform !== "win32" || signal !== "SIGQUIT") {
      process.on(signal, () => {
        stopped = true;
      });
    }
  }
  const spec = readSpec(folder);
  if (spec === undefined) {
    throw new Error(`${folder} holds no readable ${attemptFiles.spec}`);
  }
  if (!takeAttempt(folder, ownIdentity())) {
    tell(`taken ${attemptId}`);
    return;
  }
  // A stop that could not yet see who took the attempt made this file, and then looked again.
  if (existsSync(join(folder, attemptFiles.stopped))) {
    tell(`stopped ${attemptId}`);
    return;
  }
  const exit = await runSteps(spec, folder);
  await leave(folder, attemptId, JSON.stringify(exit));
  tell(`ended ${attemptId}`);
}

async function runSteps(spec: AttemptSpec, folder: string): Promise<StepEnd & { step: number }> {
  const output = openSync(join(folder, attemptFiles.output), "a", 0o600);
  const environment: NodeJS.ProcessEnv = { ...process.env, ...spec.environment };
  delete environment["ELECTRON_RUN_AS_NODE"];
  if (spec.passEnv.includes("ELECTRON_RUN_AS_NODE")) {
    environment["ELECTRON_RUN_AS_NODE"] = "1";
  }
  if (!isFolder(spec.workspace)) {
    return { step: 0, code: 126, signal: null, problem: "workspace" };
  }
  let last: StepEnd & { step: number } = { step: 0, code: 0, signal: null };
  for (const [index, step] of spec.steps.entries()) {
    if (stopped) {
      return { ...last, code: null, signal: "SIGTERM" };
    }
    if (step.kind === "verify") {
      writeSync(output, `${verifyMarker(step)}\n`);
    }
    const end = await runStep(step, folder, spec.workspace, environment, output);
    last = { step: index, ...end };
    if (end.code !== 0) {
      break;
    }
  }
  return last;
}

function isFolder(path: string): boolean {
  try {
    return statSync(join(path, ".")).isDirectory();
  } catch {
    return false;
  }
}

function runStep(
  step: AttemptStep,
  folder: string,
  workspace: string,
  environment: NodeJS.ProcessEnv,
  output: number,
): Promise<StepEnd> {
  const [program = "", ...args] = step.argv;
  const input = step.stdin === undefined ? undefined : openSync(join(folder, step.stdin), "r");
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: workspace,
      env: environment,
      stdio: [input ?? "ignore", output, output],
      windowsHide: true,
    });
    if (input !== undefined) {
      closeSync(input);
    }
    child.on("error", (error) => {
      writeSync(output, `${program}: ${error.message}\n`);
      resolve({ code: codeOf(error) === "ENOENT" ? 127 : 126, signal: null });
    });
    child.on("exit", (code, signal) => resolve(endOf(code, signal)));
  });
}

/** A shell reports the signal that ended its last command as 128 + number. */
function endOf(code: number | null, signal: string | null): StepEnd {
  if (code !== null && code > 128 && code < 160) {
    const names = Object.entries(constants.signals);
    const name = names.find(([, number]) => number === code - 128)?.[0];
    if (name !== undefined) {
      return { code: null, signal: name };
    }
  }
  return { code, signal };
}

/** Puts the exit record into place; a full disk must not cost the outcome. */
async function leave(folder: string, attemptId: string, record: string): Promise<void> {
  const temporary = join(folder, `exit.${attemptId}`);
  for (let tries = 0; ; tries += 1) {
    try {
      writeFileSync(temporary, `${record}\n`, { mode: 0o600 });
      renameSync(temporary, join(folder, attemptFiles.exit));
      return;
    } catch (error) {
      if (tries >= 600 || codeOf(error) === "ENOENT") {
        throw error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

/** A line for the host, which may be gone. */
function tell(line: string): void {
  try {
    writeSync(1, `${line}\n`);
  } catch {
    // Nobody listens.
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

const [, , folder = "", attemptId = ""] = process.argv;
main(folder, attemptId).catch((error: unknown) => {
  process.exitCode = 1;
  process.stderr.write(`${String(error)}\n`);
});
