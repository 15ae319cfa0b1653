import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync } from "node:fs";
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
    for (const path of [this.root, ...(queueId === undefined ? [] : [join(this.root, queueId)])]) {
      if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === false) {
        throw new HopperError(
          "usage",
          words`${path} is not a folder, or is a link to one: remove it.`,
        );
      }
    }
  }

  /**
   * Makes the folder of all attempts, in a workspace that is there: one that somebody removed is not
   * made anew.
   *
   * @throws HopperError `storage`.
   */
  makeRoot(): void {
    if (existsSync(this.root)) {
      return;
    }
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
   * Makes room for a new attempt: whatever has its name was made right before a crash or a full disk
   * kept it from being claimed.
   *
   * @throws HopperError `storage`.
   */
  clear(folder: string): void {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      throw storageError(folder, error, words`cannot be removed`);
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
