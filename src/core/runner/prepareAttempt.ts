import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Clock, isoNow } from "../base/clock";
import { errorCode, errorMessage, HopperError } from "../base/errors";
import type { AttemptRequest, PreparedAttempt } from "../protocol/attempts";
import { attemptFiles } from "./attemptFolder";
import type { AttemptSpec } from "./attemptSpec";
import { childEnvironment } from "./childEnvironment";
import { currentBootId } from "./processIdentity";
import { promptText } from "./promptText";
import { runScript } from "./runScript";
import { planSteps } from "./steps";

/**
 * Makes an attempt's folder with all that its wrapper needs; starts nothing. Making the folder is
 * exclusive, so two hosts cannot both prepare the same attempt.
 */
export function prepareAttempt(
  request: AttemptRequest,
  host: NodeJS.ProcessEnv,
  clock: Clock,
): PreparedAttempt {
  const { folder, definition } = request;
  checkNames(request);
  const passEnv = [...(definition.passEnv ?? [])].sort();
  const { steps, files, problem } = planSteps(request, childEnvironment(host, passEnv));
  const spec: AttemptSpec = {
    version: 1,
    attemptId: request.attemptId,
    queueId: request.queueId,
    attemptNumber: request.attemptNumber,
    bootId: currentBootId(),
    createdAt: isoNow(clock),
    runner: request.runnerName,
    kind: definition.kind,
    workspace: request.workspace,
    environment: {
      HOPPER_PLAN: String(request.planNumber),
      HOPPER_PHASE: String(request.phaseNumber),
      HOPPER_TITLE: request.title,
      HOPPER_QUEUE_ID: request.queueId,
      HOPPER_ATTEMPT_ID: request.attemptId,
    },
    passEnv,
    steps: [...steps],
    ...(definition.kind === "command" && definition.success !== undefined
      ? { success: definition.success }
      : {}),
  };

  makeFolder(folder);
  try {
    for (const [name, text] of files) {
      write(folder, name, text);
    }
    if (definition.kind === "command") {
      write(folder, attemptFiles.prompt, promptText(request));
    }
    if (process.platform !== "win32") {
      write(folder, attemptFiles.script, runScript(spec, folder));
    }
    write(folder, attemptFiles.output, "");
    // Last: a folder with a spec is complete.
    write(folder, attemptFiles.spec, `${JSON.stringify(spec, undefined, 2)}\n`);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw storageError(folder, error);
  }
  return { command: steps[0]?.argv ?? [], ...(problem === undefined ? {} : { problem }) };
}

/** The attempt's id goes into a colon-separated list, its folder onto a line of the launcher. */
function checkNames({ attemptId, folder }: AttemptRequest): void {
  if (!/^[A-Za-z0-9_-]+$/.test(attemptId)) {
    throw new HopperError("usage", `"${attemptId}" cannot be an attempt's id`);
  }
  if (/[\n\0]/.test(folder)) {
    throw new HopperError(
      "usage",
      `A folder whose path contains a line break cannot hold attempts: ${JSON.stringify(folder)}. ` +
        "Rename the workspace folder.",
    );
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw storageError(folder, error);
  }
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) === "EEXIST") {
      throw new HopperError("conflict", `The attempt's folder ${folder} exists already`, {
        cause: error,
      });
    }
    throw storageError(folder, error);
  }
}

function write(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, name), text, { flag: "wx", mode: 0o600 });
}

function storageError(folder: string, error: unknown): HopperError {
  return new HopperError(
    "storage",
    `The attempt's folder ${folder} cannot be written: ${errorMessage(error)}`,
    { cause: error },
  );
}
