import { statSync } from "node:fs";
import type { Clock } from "../base/clock";
import { errorCode, HopperError } from "../base/errors";
import { type Event, EventEmitter } from "../base/event";
import type { Disposable } from "../base/lifecycle";
import type { Logger } from "../base/log";
import { type Words, words } from "../base/words";
import type { FolderIdentity } from "./folderIdentity";

/** How often the folder is looked at: watching it would miss a deletion on some file systems. */
const lookMilliseconds = 1000;

/**
 * Notices that the workspace folder was removed, moved away or replaced by another one, or that another
 * process took its queue over. What is lost once stays lost: whatever comes to that path later is
 * somebody else's, or opened anew.
 */
export class WorkspaceWatch implements Disposable {
  private readonly emitter: EventEmitter<HopperError>;
  private timer: Disposable | undefined;

  /** Fires once, with what happened and the remedy: kind `storage`, or `owned` after a take-over. */
  readonly onDidLose: Event<HopperError>;

  constructor(
    private readonly folder: FolderIdentity,
    private readonly standing: () => "ours" | "missing" | "taken",
    private readonly clock: Clock,
    logger: Logger,
  ) {
    this.emitter = new EventEmitter((error) =>
      logger.error("A listener of the workspace's loss failed.", error),
    );
    this.onDidLose = this.emitter.event;
    this.lookLater();
  }

  dispose(): void {
    this.timer?.dispose();
    this.emitter.dispose();
  }

  private lookLater(): void {
    this.timer = this.clock.after(lookMilliseconds, () => {
      const loss = this.loss();
      if (loss) {
        this.emitter.fire(loss);
      } else {
        this.lookLater();
      }
    });
  }

  private loss(): HopperError | undefined {
    const why = this.whyLost();
    if (why !== undefined) {
      return new HopperError(
        "storage",
        words`The workspace folder ${this.folder.path} is gone while its queue is open (${why}): nothing more is started or stored. Put it back, and start Phase Hopper there again.`,
      );
    }
    return this.standing() === "taken"
      ? new HopperError(
          "owned",
          words`Another process has taken over the queue of ${this.folder.path} while this one did not answer: this one starts and stores nothing more. What runs goes on, and is followed there.`,
        )
      : undefined;
  }

  private whyLost(): Words | undefined {
    try {
      const { dev, ino } = statSync(this.folder.path, { bigint: true });
      return String(dev) === this.folder.device && String(ino) === this.folder.inode
        ? undefined
        : words`another folder has its place`;
    } catch (error) {
      // A network that hiccups, or too many open files, say nothing about the folder.
      const isGone = ["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? "");
      return isGone ? words`it was removed or moved away` : undefined;
    }
  }
}
