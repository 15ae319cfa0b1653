import { Buffer } from "node:buffer";
import { yieldToEventLoop } from "../base/clock";
import { HopperError } from "../base/errors";
import type { Logger } from "../base/log";
import { keepDamaged } from "./damage";
import { whileRefused } from "./durableFiles";
import type { StatementNumbers } from "./journal";
import type { JournalFile, JournalPlace } from "./journalFile";
import { NewPair } from "./newPair";
import { makeFolder, type OpenedFiles, type OpenFilesOptions, writeImage } from "./openFiles";
import type { SnapshotAnswer, SnapshotOrder } from "./snapshotOrder";
import { SnapshotThread } from "./snapshotThread";
import type { SqlDatabase } from "./sqlDatabase";
import { storageError } from "../base/storageError";
import { words } from "../base/words";
import { removeQuietly, temporaryPath } from "./storeFiles";

/** What the files shall say: memory, as of its last commit. */
export interface Memory {
  readonly database: SqlDatabase;
  readonly seq: number;
}

export interface CurrentPairOptions extends OpenFilesOptions {
  readonly logger: Logger;
  /** Builds snapshots where not the thread in `assets` does. */
  readonly buildSnapshot?: (order: SnapshotOrder) => Promise<SnapshotAnswer>;
  /** Told the number of each new pair of files. */
  readonly onNewGeneration?: (generation: number) => void;
}

/**
 * The snapshot and the journal on disk as their owner writes them. Both can be removed, replaced or
 * damaged at any time by others; as long as memory is whole, they are written anew.
 */
export class CurrentPair {
  private journal: JournalFile;
  /** The last commit that the snapshot holds. */
  private imageSeq: number;
  private hasSnapshot: boolean;
  private takenOver = false;
  private readonly thread: SnapshotThread;

  /** @param memory asked only while no transaction is open. */
  constructor(
    private readonly options: CurrentPairOptions,
    opened: OpenedFiles,
    private readonly memory: () => Memory,
  ) {
    this.journal = opened.journal;
    this.imageSeq = opened.imageSeq;
    this.hasSnapshot = opened.hasSnapshot;
    const { assets, clock } = options;
    this.thread = new SnapshotThread(assets.snapshotWorker, assets.sqlWasm, clock);
  }

  get generation(): number {
    return this.journal.generation;
  }

  /** Statements that a line of the journal may name by number. */
  get statements(): StatementNumbers {
    return this.journal.statements;
  }

  get journalBytes(): number {
    return this.journal.length;
  }

  get snapshotSeq(): number {
    return this.imageSeq;
  }

  /** A newer generation was found: this process writes nothing more. */
  get fenced(): boolean {
    return this.takenOver;
  }

  /** @throws HopperError `owned` once another process has taken over. */
  assertOurs(): void {
    if (this.takenOver) {
      throw new HopperError(
        "owned",
        words`Another process has taken over this workspace's queue; this one writes nothing more.`,
      );
    }
  }

  /**
   * The same after a look at the files, by which a process that stood still finds that it has an heir.
   *
   * @throws HopperError `owned`; `storage` when it cannot be known.
   */
  assertStillOurs(): void {
    this.assertOurs();
    this.isOurs(this.journal.place());
  }

  /** Makes ready for a snapshot that will be due soon. */
  prepareSnapshot(): void {
    if (!this.options.buildSnapshot) {
      this.thread.prepare();
    }
  }

  /** To be called before a commit: whoever builds a snapshot lets that come first. */
  beforeCommit(): void {
    this.thread.giveWay();
  }

  /**
   * Appends a line to the journal, durably.
   *
   * @returns false when the journal was removed or replaced: the line went nowhere.
   * @throws HopperError `storage`, `owned`.
   */
  append(line: Uint8Array): boolean {
    return this.isOurs(this.journal.append(line));
  }

  /** Writes memory anew where files were removed while nothing was committed. */
  restore(): void {
    const { files, paths } = this.options;
    const whole =
      this.isOurs(this.journal.place()) && (!this.hasSnapshot || files.existsSync(paths.snapshot));
    if (!whole) {
      this.rebuild();
    }
  }

  /**
   * Writes memory as a new pair, blocking, without the journal that is on disk, whatever it is.
   *
   * @throws HopperError `storage`.
   */
  rebuild(): void {
    const { files, paths, logger } = this.options;
    logger.warn(`Files in ${paths.folder} were removed or replaced; they are written anew.`);
    const { database, seq } = this.memory();
    try {
      makeFolder(files, paths);
      const pair = writeImage(files, paths, { database, seq }, this.generation + 1);
      try {
        pair.placeSnapshot();
        this.startedWith(pair.placeJournal(this.journal, Buffer.alloc(0)), seq);
      } catch (error) {
        pair.discard();
        throw error;
      }
    } catch (error) {
      throw storageError(paths.folder, error);
    }
  }

  /** Builds a snapshot of everything committed so far and starts a new journal. */
  async snapshot(): Promise<void> {
    this.assertOurs();
    this.restore();
    const { files, paths, assets, buildSnapshot } = this.options;
    const { journal } = this;
    const { seq } = this.memory();
    const target = temporaryPath(paths.snapshot);
    const order = { sqlWasm: assets.sqlWasm, hopperFolder: paths.folder, seq, target };
    const offset = journal.length;
    try {
      const answer = await (buildSnapshot ? buildSnapshot(order) : this.thread.build(order));
      this.assertSame(journal);
      if ("problem" in answer) {
        this.recoverFrom(answer);
      } else {
        await this.install(answer, { target, seq, offset });
      }
    } finally {
      removeQuietly(files, target);
    }
  }

  release(): void {
    this.thread.dispose();
    this.journal.release();
  }

  /**
   * Makes the snapshot in `target` and a new journal the current pair.
   *
   * @param snapshot.offset where the journal goes on from the snapshot's last commit.
   */
  private async install(
    { sha256, snapshotLost }: Extract<SnapshotAnswer, { sha256: string }>,
    {
      target,
      seq,
      offset,
    }: { readonly target: string; readonly seq: number; readonly offset: number },
  ): Promise<void> {
    const { files, paths, clock } = this.options;
    const { journal } = this;
    const generation = journal.generation + 1;
    const pair = new NewPair(files, paths, target, { sha256, seq, generation });
    const markStart = journal.length;
    if (!this.append(pair.mark())) {
      this.rebuild();
      return;
    }
    const markEnd = journal.length;
    if (snapshotLost) {
      this.keepDamaged(paths.snapshot);
    } else {
      await whileRefused(clock, () => pair.keepCurrent());
    }
    // Each step can take a disk ten milliseconds: in between, whatever waits has its turn.
    await yieldToEventLoop();
    await whileRefused(clock, () => {
      this.assertSame(journal);
      pair.placeSnapshot();
    });
    this.hasSnapshot = true;
    await yieldToEventLoop();
    const next = await whileRefused(clock, () => {
      this.assertSame(journal);
      // Commits went on while the thread worked, and while a rename was refused.
      const tail = [journal.slice(offset, markStart), journal.slice(markEnd)];
      return pair.placeJournal(journal, Buffer.concat(tail));
    });
    this.startedWith(next, seq);
  }

  /** Memory is whole where the files are not: it is written in their place. */
  private recoverFrom({ problem, damaged }: Extract<SnapshotAnswer, { problem: string }>): void {
    if (!damaged) {
      throw new Error(problem);
    }
    const { logger, paths } = this.options;
    logger.warn(`The files on disk are damaged (${problem}).`);
    this.keepDamaged(paths.snapshot);
    this.keepDamaged(paths.journal);
    this.rebuild();
  }

  private keepDamaged(path: string): void {
    const { files, clock, logger } = this.options;
    const kept = keepDamaged(files, path, clock);
    if (kept !== undefined) {
      logger.warn(`${path} is damaged; ${kept} keeps it.`);
    }
  }

  private isOurs(place: JournalPlace): boolean {
    if (place === "newer") {
      this.takenOver = true;
      this.assertOurs();
    }
    return place === "ours";
  }

  /**
   * Commits go on while a snapshot is made, and may have had to write the files anew; and of a host that
   * stood still, another may have taken over.
   */
  private assertSame(journal: JournalFile): void {
    this.assertStillOurs();
    if (this.journal !== journal) {
      throw new Error("the files were written anew meanwhile");
    }
  }

  private startedWith(journal: JournalFile, imageSeq: number): void {
    this.journal = journal;
    this.imageSeq = imageSeq;
    this.hasSnapshot = true;
    this.options.onNewGeneration?.(journal.generation);
  }
}
