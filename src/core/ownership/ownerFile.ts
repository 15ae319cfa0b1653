import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../base/errors";
import { isSameFolder } from "./folderIdentity";
import type { Machine } from "./machine";
import { ownedError } from "./ownedError";
import {
  isSameBoot,
  ownerPath,
  type OwnerRecord,
  type OwnerScope,
  type OwnerVerdict,
  readOwner,
  readOwnerRecord,
} from "./ownerRecord";
import { createPrivateFile, replacePrivateFile } from "./privateFile";

/** Who owned the queue before. */
export interface PreviousOwner {
  /** It released the queue itself, or there was none. */
  readonly cleanStop: boolean;
  /** The owner that did not release it. */
  readonly owner?: OwnerRecord;
}

/** How often to look again when other containers write at the same moment. */
const attempts = 3;

/**
 * The owner's own `owner.json`. It is written under the lock, which other network namespaces and
 * other users do not share: so it is put into place only where nothing is, and what is replaced is
 * moved aside and looked at first.
 */
export class OwnerFile {
  private readonly path: string;
  private record: OwnerRecord;

  constructor(
    private readonly hopperFolder: string,
    private readonly machine: Machine,
    record: OwnerRecord,
  ) {
    this.path = ownerPath(hopperFolder);
    this.record = record;
  }

  get ownerId(): string {
    return this.record.ownerId;
  }

  /** @throws HopperError `owned` when the file names an owner that may live. */
  claim(takeOver: boolean): PreviousOwner {
    let verdict = this.read();
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (verdict.state === "none") {
        if (createPrivateFile(this.path, this.text())) {
          // Somebody was killed in the middle of moving an owner aside that had not stopped cleanly.
          return { cleanStop: !this.sweep() };
        }
      } else if (!this.mayReplace(verdict, takeOver)) {
        throw ownedError(verdict, this.path);
      } else if (this.replace(verdict)) {
        this.sweep();
        const owner = ownerOf(verdict);
        return owner === undefined ? { cleanStop: false } : { cleanStop: false, owner };
      }
      verdict = this.read();
    }
    throw ownedError(verdict, this.path);
  }

  recordGeneration(generation: number): void {
    this.rewrite({ ...this.record, generation });
  }

  recordScope(scope: OwnerScope | undefined): void {
    const { scope: before, ...rest } = this.record;
    if (JSON.stringify(before) !== JSON.stringify(scope)) {
      this.rewrite({ ...rest, ...(scope && { scope }) });
    }
  }

  /** A file that cannot be read names nobody: it counts as missing, and is written anew. */
  standing(): "ours" | "missing" | "taken" {
    const record = recordIn(this.path);
    if (record === undefined) {
      return "missing";
    }
    return record.ownerId === this.record.ownerId ? "ours" : "taken";
  }

  /** Removes the file if it is still ours: that is what a clean stop looks like to the next owner. */
  remove(): void {
    if (this.standing() === "ours") {
      rmSync(this.path, { force: true });
    }
  }

  private rewrite(record: OwnerRecord): void {
    this.record = record;
    if (this.standing() !== "taken") {
      this.makeFolder();
      replacePrivateFile(this.path, this.text());
    }
  }

  /** Not with the folders above: a workspace that somebody removed is not to come back. */
  private makeFolder(): void {
    try {
      mkdirSync(this.hopperFolder, { mode: 0o700 });
    } catch (error) {
      if (errorCode(error) !== "EEXIST") {
        throw error;
      }
    }
  }

  private mayReplace(
    verdict: Exclude<OwnerVerdict, { state: "none" }>,
    takeOver: boolean,
  ): boolean {
    switch (verdict.state) {
      case "dead":
        return true;
      case "unreadable":
        return takeOver;
      case "elsewhere":
        return takeOver || this.lockProvesRelease(verdict.owner);
      case "alive":
      case "notAnswering":
        return (
          this.lockProvesRelease(verdict.owner) && (takeOver || !this.isProvenAlive(verdict.owner))
        );
    }
  }

  /**
   * Whether the very process that the record names lives and could go on writing: the lock alone is
   * not trusted then, for two versions of a program may understand it differently. A pid that is used
   * again has another start time, and a zombie is no living process. This process itself is no danger:
   * it knows what it holds.
   */
  private isProvenAlive({ pid, startTime }: OwnerRecord): boolean {
    const { self } = this.machine;
    return pid !== self.pid && startTime !== "" && this.machine.look(pid)?.startTime === startTime;
  }

  /**
   * An owner holds the lock until it dies or releases it. We hold that lock now, if it is the same
   * one: of one boot, network, user and folder. So such an owner is one no more, whatever its record
   * says that could not be removed.
   */
  private lockProvesRelease(owner: OwnerRecord): boolean {
    return (
      isSameBoot(owner, this.machine) &&
      owner.networkNamespace === this.record.networkNamespace &&
      owner.user === this.record.user &&
      isSameFolder(owner.folder, this.record.folder)
    );
  }

  private replace(verdict: Exclude<OwnerVerdict, { state: "none" }>): boolean {
    const aside = `${this.path}.${randomUUID()}.previous`;
    try {
      renameSync(this.path, aside);
    } catch (error) {
      if (errorCode(error) === "ENOENT") {
        return false;
      }
      throw error;
    }
    const moved = recordIn(aside);
    if (moved !== undefined && moved.ownerId !== ownerOf(verdict)?.ownerId) {
      // Another container was faster; it gets its place back.
      createPrivateFile(this.path, JSON.stringify(moved));
      rmSync(aside, { force: true });
      return false;
    }
    return createPrivateFile(this.path, this.text());
  }

  /** Removes what processes left that were killed while writing; says whether an owner was among it. */
  private sweep(): boolean {
    const folder = dirname(this.path);
    const prefix = `${basename(this.path)}.`;
    const left = readdirSync(folder).filter((name) => name.startsWith(prefix));
    for (const name of left) {
      rmSync(join(folder, name), { force: true, recursive: true });
    }
    return left.some((name) => name.endsWith(".previous"));
  }

  private read(): OwnerVerdict {
    return readOwner(this.hopperFolder, this.machine);
  }

  private text(): string {
    return `${JSON.stringify(this.record, undefined, 2)}\n`;
  }
}

function ownerOf(verdict: OwnerVerdict): OwnerRecord | undefined {
  return "owner" in verdict ? verdict.owner : undefined;
}

function recordIn(path: string): OwnerRecord | undefined {
  try {
    return readOwnerRecord(path);
  } catch {
    return undefined;
  }
}
