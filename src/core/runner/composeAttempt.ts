import { HopperError } from "../base/errors";
import { words } from "../base/words";
import type { AttemptRequest } from "../protocol/attempts";
import { attemptFiles } from "./attemptFolder";
import type { AttemptSpec } from "./attemptSpec";
import { currentBootId } from "./processIdentity";
import { promptText } from "./promptText";
import { runScript } from "./runScript";
import { planSteps } from "./steps";

/** An attempt's folder as it is to be written. */
export interface ComposedAttempt {
  readonly spec: AttemptSpec;
  /** Names and contents of its files, the spec last: a folder with a spec is complete. */
  readonly files: ReadonlyMap<string, string>;
  /** Why the attempt cannot be started. */
  readonly problem?: string;
}

/**
 * Works out all that an attempt's wrapper needs; touches no folder.
 *
 * @param host the host's environment; its PATH reaches every step.
 */
export function composeAttempt(
  request: AttemptRequest,
  host: NodeJS.ProcessEnv,
  createdAt: string,
): ComposedAttempt {
  checkNames(request);
  const { folder, definition } = request;
  const { steps, files, problem } = planSteps(request, host);
  const spec: AttemptSpec = {
    version: 1,
    attemptId: request.attemptId,
    queueId: request.queueId,
    attemptNumber: request.attemptNumber,
    bootId: currentBootId(),
    createdAt,
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
    passEnv: [...(definition.passEnv ?? [])].sort(),
    steps: [...steps],
    ...(definition.kind === "command" && definition.success !== undefined
      ? { success: definition.success }
      : {}),
  };
  const all = new Map(files);
  if (definition.kind === "command") {
    all.set(attemptFiles.prompt, promptText(request));
  }
  if (process.platform !== "win32") {
    all.set(attemptFiles.script, runScript(spec, folder));
  }
  all.set(attemptFiles.output, "");
  all.set(attemptFiles.spec, `${JSON.stringify(spec, undefined, 2)}\n`);
  return { spec, files: all, ...(problem === undefined ? {} : { problem }) };
}

/** The attempt's id goes into a colon-separated list, its folder onto a line of the launcher. */
function checkNames({ attemptId, folder }: AttemptRequest): void {
  if (!/^[A-Za-z0-9_-]+$/.test(attemptId)) {
    throw new HopperError("usage", words`"${attemptId}" cannot be an attempt's id`);
  }
  if (/[\n\0]/.test(folder)) {
    throw new HopperError(
      "usage",
      words`A folder whose path contains a line break cannot hold attempts: ${JSON.stringify(folder)}. Rename the workspace folder.`,
    );
  }
}
