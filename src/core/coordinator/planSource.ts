import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
} from "node:fs";
import { basename, dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { errorCode, errorWords, HopperError } from "../base/errors";
import { words } from "../base/words";
import { decodePlan } from "../plan/decodePlan";
import { maxFileBytes } from "../plan/limits";
import { parsePlan } from "../plan/parsePlan";
import type { ParsedPlan } from "../protocol/plan";
import type { Runners } from "../protocol/runners";

/** The text of a plan, with what tells it from other versions of the same file. */
export interface PlanText {
  readonly text: string;
  /** Of the text's bytes. */
  readonly sha256: string;
  /** The file's real path; undefined for a plan that came as text alone. */
  readonly sourcePath?: string;
}

/** A plan's text, and what it says. */
export interface LoadedPlan extends PlanText {
  readonly plan: ParsedPlan;
}

/** Where a plan's text is: in a file, or at hand, as the text of an open editor is. */
export interface PlanPlace {
  /** Relative paths count from the workspace folder. */
  readonly path?: string | undefined;
  readonly markdown?: string | undefined;
}

export interface PlanContext {
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  readonly runners: Runners;
  /** The runner of phases that name none; without it such phases are not checked for blocks. */
  readonly defaultRunner?: string;
}

/**
 * Reads the text of a plan.
 *
 * @throws HopperError `notFound` or `usage` when its file cannot be read as text.
 */
export function readPlanText({ path, markdown }: PlanPlace, workspace: string): PlanText {
  if (markdown === undefined) {
    const { sourcePath, bytes } = readPlanFile(resolve(workspace, path ?? ""));
    return { text: decodePlan(bytes), sha256: hash(bytes), sourcePath };
  }
  const sourcePath = path === undefined ? undefined : realPathOf(resolve(workspace, path));
  return {
    text: markdown,
    sha256: hash(markdown),
    ...(sourcePath !== undefined && { sourcePath }),
  };
}

/** The file may not be saved yet, or not any more: its editor has the text. */
function realPathOf(path: string): string {
  return existsSync(path) ? realpathSync.native(path) : path;
}

/**
 * Reads and parses a plan's file.
 *
 * @throws HopperError `notFound` or `usage` when the file cannot be read as text. A plan with errors
 * is returned: its problems say so.
 */
export function loadPlanFile(path: string, context: PlanContext): LoadedPlan {
  return parsed(readPlanText({ path }, context.workspace), context);
}

/** The same text once more in another context: with the runner that a person chose by what it says. */
export function parseAgain(loaded: LoadedPlan, context: PlanContext): LoadedPlan {
  return parsed(loaded, context);
}

/** Parses a plan's text; `sourcePath` is the real path of its file, where it has one. */
export function parsePlanText(text: string, context: PlanContext, sourcePath?: string): ParsedPlan {
  const { runners, defaultRunner, workspace } = context;
  return parsePlan(text, {
    runners,
    ...(defaultRunner !== undefined && { defaultRunner }),
    ...(sourcePath !== undefined && { fileName: basename(sourcePath) }),
    documentExists: (document) => findDocument(document, workspace, sourcePath) !== undefined,
  });
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

function parsed(read: PlanText, context: PlanContext): LoadedPlan {
  return { ...read, plan: parsePlanText(read.text, context, read.sourcePath) };
}

function readPlanFile(path: string): { sourcePath: string; bytes: Buffer } {
  try {
    const sourcePath = realpathSync.native(path);
    return { sourcePath, bytes: readRegularFile(sourcePath) };
  } catch (error) {
    if (error instanceof HopperError) {
      throw error;
    }
    if (errorCode(error) === "ENOENT") {
      throw new HopperError("notFound", words`There is no plan ${path}: check the path.`);
    }
    throw new HopperError("usage", words`${path} cannot be read: ${errorWords(error)}`, {
      cause: error,
    });
  }
}

/**
 * Of a file that is too large, so much that its text is too large still when a last character that
 * was cut (of up to four bytes) and a byte order mark (three) are left out.
 */
const mostBytes = maxFileBytes + 8;

/**
 * The bytes of a plan's file; of one that is too large so many that it is seen to be. A FIFO, which
 * would be waited for, and a device, which has no end, are refused.
 */
function readRegularFile(path: string): Buffer {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (stats.isDirectory()) {
      throw new HopperError("usage", words`${path} is a folder: name a Markdown file in it.`);
    }
    if (!stats.isFile()) {
      throw new HopperError("usage", words`${path} is not a regular file: save the plan in one.`);
    }
    const buffer = Buffer.alloc(Math.min(stats.size + 1, mostBytes));
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(descriptor, buffer, length, buffer.length - length, null);
    }
    return length < mostBytes ? buffer.subarray(0, length) : upToWholeCharacter(buffer);
  } finally {
    closeSync(descriptor);
  }
}

/** Leaves out a last character that was cut. */
function upToWholeCharacter(bytes: Buffer): Buffer {
  let end = bytes.length - 1;
  // Back to the byte that begins a character, which is left out with its continuation bytes.
  while (end > maxFileBytes + 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) {
    end--;
  }
  return bytes.subarray(0, end);
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
