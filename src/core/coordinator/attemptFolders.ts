import { lstatSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode, errorMessage, HopperError } from "../base/errors";
import { storageError } from "../base/storageError";
import type { Logger } from "../base/log";
import { words } from "../base/words";
import type { AttemptItem } from "../protocol/queue";
import type { Queue } from "../queue/queue";
import { attemptFolder, outputFolder, verifyFolder } from "../runner/attemptFolder";

/** Where attempts keep their files: `.hopper/attempts/<queue_id>/<attempt_number>/`. */
export class AttemptFolders {
  readonly root: string;

  constructor(
    private readonly hopperFolder: string,
    private readonly logger: Logger,
  ) {
    this.root = join(hopperFolder, "attempts");
  }

  of(queueId: string, attemptNumber: number): string {
    return attemptFolder(this.hopperFolder, { queue_id: queueId, attempt_number: attemptNumber });
  }

  /** Where the verify blocks of an `external` or `manual` attempt are run. */
  verifyOf(queueId: string, attemptNumber: number): string {
    return verifyFolder(this.of(queueId, attemptNumber));
  }

  outputOf({ queue_id, attempt_number }: AttemptItem): string {
    return outputFolder(this.of(queue_id, attempt_number));
  }

  /** Removes one attempt's files; what cannot be removed is said and left. */
  async remove(folder: string): Promise<void> {
    try {
      await rm(folder, { recursive: true, force: true });
    } catch (error) {
      this.logger.warn(`${folder} could not be removed: ${errorMessage(error)}`);
    }
  }

  /**
   * Refuses links where attempts are kept: a repository could bring one, and what is written and
   * swept here would be written and swept wherever it leads.
   *
   * @throws HopperError `usage`, naming the link.
   */
  refuseLinks(queueId?: string): void {
    if (isFolder(this.root) && queueId !== undefined) {
      isFolder(join(this.root, queueId));
    }
  }

  /**
   * Makes room for the folder of a new attempt: whatever has its name was made right before a crash or a
   * full disk kept it from being claimed. Links are refused, as above; the folder of all attempts is made
   * where it is missing, in a workspace that is there: one that somebody removed is not made anew.
   *
   * @throws HopperError `usage`, `storage`.
   */
  makeRoom(queueId: string, folder: string): void {
    if (!isFolder(this.root)) {
      this.makeRoot();
    } else if (isFolder(join(this.root, queueId))) {
      try {
        rmSync(folder, { recursive: true, force: true });
      } catch (error) {
        throw storageError(folder, error, words`cannot be removed`);
      }
    }
  }

  private makeRoot(): void {
    for (const path of [dirname(this.root), this.root]) {
      try {
        mkdirSync(path, { mode: 0o700 });
      } catch (error) {
        if (errorCode(error) !== "EEXIST") {
          throw storageError(path, error, words`cannot be made`);
        }
      }
    }
  }

  /**
   * Removes folders that no attempt claimed: made right before a crash, or of removed phases.
   *
   * @throws HopperError `owned`: a new owner's attempts are not known here.
   */
  async sweepOrphans(queue: Queue): Promise<void> {
    this.refuseLinks();
    for (const queueId of namesIn(this.root).filter((name) => uuid.test(name))) {
      this.refuseLinks(queueId);
      const attempts = new Set(queue.attempts(queueId).map((attempt) => attempt.attempt_number));
      if (attempts.size === 0) {
        queue.assertOwned();
        await this.remove(join(this.root, queueId));
        continue;
      }
      for (const name of namesIn(join(this.root, queueId)).filter((name) => /^\d+$/.test(name))) {
        if (!attempts.has(Number(name))) {
          queue.assertOwned();
          await this.remove(join(this.root, queueId, name));
        }
      }
    }
  }
}

/**
 * Whether there is a folder; nothing else may be there.
 *
 * @throws HopperError `usage`.
 */
function isFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === false) {
    throw new HopperError("usage", words`${path} is not a folder, or is a link to one: remove it.`);
  }
  return found !== undefined;
}

/** Whatever is not named as ours is not ours to sweep. */
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return [];
    }
    throw error;
  }
}
