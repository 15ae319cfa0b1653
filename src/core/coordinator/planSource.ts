import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { errorCode, errorMessage, HopperError } from "../base/errors";
import { decodePlan } from "../plan/decodePlan";
import { parsePlan } from "../plan/parsePlan";
import type { ParsedPlan } from "../protocol/plan";
import type { Runners } from "../protocol/runners";

/** A plan as read, with what tells it from other versions of the same file. */
export interface LoadedPlan {
  readonly plan: ParsedPlan;
  /** The file's real path; undefined for a plan that came as text. */
  readonly sourcePath?: string;
  /** Of the text's bytes. */
  readonly sha256: string;
  readonly text: string;
}

export interface PlanContext {
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  readonly runners: Runners;
  /** The runner of phases that name none; without it such phases are not checked for blocks. */
  readonly defaultRunner?: string;
}

/**
 * Reads and parses a plan's file.
 *
 * @throws HopperError `notFound` or `usage` when the file cannot be read as text. A plan with errors
 * is returned: its problems say so.
 */
export function loadPlanFile(path: string, context: PlanContext): LoadedPlan {
  const { sourcePath, bytes } = readPlanFile(resolve(context.workspace, path));
  const text = decodePlan(bytes);
  return { plan: parse(text, context, sourcePath), sourcePath, sha256: hash(bytes), text };
}

/** The same text once more in another context: with the runner that a person chose by what it says. */
export function parseAgain(loaded: LoadedPlan, context: PlanContext): LoadedPlan {
  return { ...loaded, plan: parse(loaded.text, context, loaded.sourcePath) };
}

/** Parses a plan that came as text. */
export function loadPlanText(markdown: string, context: PlanContext): LoadedPlan {
  return { plan: parse(markdown, context), sha256: hash(markdown), text: markdown };
}

/**
 * Where a document that a plan refers to lies, as a path below the workspace: beside the plan, else
 * from the workspace folder. Undefined when it is not there, or not inside the workspace.
 */
export function findDocument(
  document: string,
  workspace: string,
  sourcePath: string | undefined,
): string | undefined {
  const folders = [...(sourcePath === undefined ? [] : [dirname(sourcePath)]), workspace];
  const found = folders
    .map((folder) => resolve(folder, document))
    .find((path) => isInside(workspace, path));
  return found && relative(workspace, found);
}

function parse(text: string, context: PlanContext, sourcePath?: string): ParsedPlan {
  const { runners, defaultRunner, workspace } = context;
  return parsePlan(text, {
    runners,
    ...(defaultRunner !== undefined && { defaultRunner }),
    ...(sourcePath !== undefined && { fileName: basename(sourcePath) }),
    documentExists: (document) => findDocument(document, workspace, sourcePath) !== undefined,
  });
}

function readPlanFile(path: string): { sourcePath: string; bytes: Buffer } {
  try {
    const sourcePath = realpathSync.native(path);
    return { sourcePath, bytes: readFileSync(sourcePath) };
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      throw new HopperError("notFound", `There is no plan ${path}: check the path.`);
    }
    if (errorCode(error) === "EISDIR") {
      throw new HopperError("usage", `${path} is a folder: name a Markdown file in it.`);
    }
    throw new HopperError("usage", `${path} cannot be read: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

/** Whether a file exists whose real path lies in the folder: links out of it do not count. */
function isInside(folder: string, path: string): boolean {
  if (!existsSync(path)) {
    return false;
  }
  const inside = relative(realpathSync.native(folder), realpathSync.native(path));
  return inside !== ".." && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}

function hash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
