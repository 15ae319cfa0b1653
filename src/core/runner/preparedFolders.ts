import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Clock, isoNow } from "../base/clock";
import { errorCode, HopperError } from "../base/errors";
import { storageError } from "../base/storageError";
import { words } from "../base/words";
import type { AttemptRequest, PreparedAttempt } from "../protocol/attempts";
import { readSpec } from "./attemptFolder";
import type { AttemptSpec } from "./attemptSpec";
import { type ComposedAttempt, composeAttempt } from "./composeAttempt";

/**
 * Makes attempts' folders and remembers what is in them until they are settled: reading each spec
 * back three times would cost as much as a quarter of everything else a short phase does.
 */
export class PreparedFolders {
  private readonly composed = new Map<string, ComposedAttempt>();
  /** Folders made on a guess, not yet asked for. */
  private readonly ahead = new Set<string>();

  constructor(
    private readonly environment: NodeJS.ProcessEnv,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes an attempt's folder with all that its wrapper needs; starts nothing. Making the folder is
   * exclusive, so two hosts cannot both prepare the same attempt. One that was made ahead is taken
   * as it is if nothing in it would be different now, and made anew otherwise.
   */
  prepare(request: AttemptRequest): PreparedAttempt {
    const { folder } = request;
    const guess = this.ahead.delete(folder) ? this.composed.get(folder) : undefined;
    const createdAt = guess?.spec.createdAt ?? isoNow(this.clock);
    const attempt = composeAttempt(request, this.environment, createdAt);
    if (!guess || !isSame(guess, attempt) || !isThere(folder, attempt)) {
      if (guess) {
        remove(folder);
      }
      write(folder, attempt);
      this.composed.set(folder, attempt);
    }
    const { spec, problem } = attempt;
    const command = spec.steps[0]?.argv ?? [];
    return { command, ...(problem === undefined ? {} : { problem }) };
  }

  /** Makes the folder of an attempt that will probably be asked for soon, while there is time. */
  prepareAhead(request: AttemptRequest): void {
    const { folder } = request;
    const attempt = composeAttempt(request, this.environment, isoNow(this.clock));
    write(folder, attempt);
    this.composed.set(folder, attempt);
    this.ahead.add(folder);
  }

  /** What the folder's `spec.json` says: from memory, or read. */
  spec(folder: string): AttemptSpec | undefined {
    return this.composed.get(folder)?.spec ?? readSpec(folder);
  }

  /** Forgets the folder; one that was made ahead is removed. */
  forget(folder: string): void {
    this.composed.delete(folder);
    if (this.ahead.delete(folder)) {
      remove(folder);
    }
  }
}

function isSame(one: ComposedAttempt, other: ComposedAttempt): boolean {
  return (
    one.files.size === other.files.size &&
    [...one.files].every(([name, text]) => other.files.get(name) === text)
  );
}

/**
 * Whether the folder holds our files, as they were written, and nothing else: what runs meanwhile may
 * have cleaned the workspace, or changed what the next phase would run.
 */
function isThere(folder: string, { files }: ComposedAttempt): boolean {
  try {
    return (
      readdirSync(folder).length === files.size &&
      [...files].every(([name, text]) => holds(join(folder, name), text))
    );
  } catch {
    return false;
  }
}

/** Looks first whether it is a file of that size: a pipe or a device in its place is not read. */
function holds(path: string, text: string): boolean {
  const found = lstatSync(path);
  return (
    found.isFile() && found.size === Buffer.byteLength(text) && readFileSync(path, "utf8") === text
  );
}

function write(folder: string, { files }: ComposedAttempt): void {
  makeFolder(folder);
  try {
    for (const [name, text] of files) {
      writeFileSync(join(folder, name), text, { flag: "wx", mode: 0o600 });
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw storageError(words`The attempt's folder ${folder}`, error);
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw storageError(words`The attempt's folder ${folder}`, error);
  }
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) === "EEXIST") {
      throw new HopperError("conflict", words`The attempt's folder ${folder} exists already`, {
        cause: error,
      });
    }
    throw storageError(words`The attempt's folder ${folder}`, error);
  }
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    throw storageError(words`The attempt's folder ${folder}`, error);
  }
}
