import { Buffer } from "node:buffer";
import { basename } from "node:path";
import type { Call, Fault } from "../../unit/queue/support/faultyFiles";

/** One thing that a power cut may keep or forget as long as nobody has synced it. */
type Change = (
  | { readonly kind: "write"; readonly file: number; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: "cut"; readonly file: number; readonly length: number }
  | { readonly kind: "name"; readonly file: number; readonly name: string; readonly from?: string }
  | { readonly kind: "unname"; readonly name: string }
) & {
  /** The call that made it. */
  readonly call: number;
  /** The call that made it durable. */
  syncedBy: number;
};

/** A folder's files by name. */
export type FolderState = ReadonlyMap<string, Buffer>;

/**
 * Writes down what a store does to the files of one folder, and works out what a disk may hold when
 * the power is cut: everything that was synced, and any part of the rest. A write that is not synced
 * may reach the disk in halves, the second one alone too.
 */
export class PowerLog implements Fault {
  private readonly changes: Change[] = [];
  /** Which file a name or a descriptor means; the folder itself is undefined. */
  private readonly names = new Map<string, number>();
  private readonly descriptors = new Map<unknown, number | undefined>();
  private readonly sizes = new Map<number, number>();
  /** What the first so many changes made, all of them synced: no power cut takes it back. */
  private readonly safe = {
    changes: 0,
    contents: new Map<number, Buffer>(),
    names: new Map<string, number>(),
  };
  private files = 0;
  private call = 0;

  constructor(private readonly folder: string) {}

  /** How many calls there were. */
  get calls(): number {
    return this.call;
  }

  before(): void {
    this.call++;
  }

  readonly after = ({ name, args }: Call, result: unknown): void => {
    const [first, second] = args;
    switch (name) {
      case "openSync":
        this.descriptors.set(result, this.opened(String(first)));
        break;
      case "writeSync":
        this.written(this.descriptors.get(first), args, Number(result));
        break;
      case "ftruncateSync":
        this.cut(this.descriptors.get(first), Number(second));
        break;
      case "fsyncSync":
      case "fdatasyncSync":
        this.synced(this.descriptors.get(first));
        break;
      case "linkSync":
        this.named(this.names.get(basename(String(first))), String(second));
        break;
      case "renameSync":
        this.renamed(basename(String(first)), String(second));
        break;
      case "rmSync":
      case "unlinkSync":
        this.unnamed(basename(String(first)));
        break;
      default:
        break;
    }
  };

  /** How many changes a power cut after this call could take back. */
  pendingAt(call: number): number {
    return this.changes.filter((change) => change.call <= call && change.syncedBy > call).length;
  }

  /**
   * What the disk holds when the power goes after this call; `keeps` decides on what was not synced.
   * Calls are asked for in their order.
   */
  stateAt(call: number, keeps: (pending: number) => boolean): FolderState {
    const { safe } = this;
    for (let next = this.changes[safe.changes]; next && next.syncedBy <= call;) {
      apply(next, safe.contents, safe.names);
      next = this.changes[++safe.changes];
    }
    const contents = new Map(safe.contents);
    const names = new Map(safe.names);
    let pending = 0;
    for (const change of this.changes.slice(safe.changes)) {
      if (change.call > call || (change.syncedBy > call && !keeps(pending++))) {
        continue;
      }
      apply(change, contents, names);
    }
    return new Map([...names].map(([name, file]) => [name, contents.get(file) ?? Buffer.alloc(0)]));
  }

  private opened(path: string): number | undefined {
    if (path === this.folder || !path.startsWith(this.folder)) {
      return undefined;
    }
    const known = this.names.get(basename(path));
    if (known !== undefined) {
      return known;
    }
    const file = ++this.files;
    this.sizes.set(file, 0);
    this.named(file, path);
    return file;
  }

  private written(file: number | undefined, args: readonly unknown[], count: number): void {
    const [, bytes, offset] = args;
    if (file === undefined || !(bytes instanceof Uint8Array)) {
      return;
    }
    const start = Number(offset ?? 0);
    const copy = Buffer.from(bytes.subarray(start, start + count));
    const at = this.sizes.get(file) ?? 0;
    const half = Math.ceil(count / 2);
    this.note({ kind: "write", file, at, bytes: copy.subarray(0, half) });
    this.note({ kind: "write", file, at: at + half, bytes: copy.subarray(half) });
    this.sizes.set(file, at + count);
  }

  private cut(file: number | undefined, length: number): void {
    if (file !== undefined) {
      this.note({ kind: "cut", file, length });
      this.sizes.set(file, length);
    }
  }

  /** Syncing a file keeps its bytes; only syncing the folder keeps its names. */
  private synced(file: number | undefined): void {
    for (const change of this.changes) {
      const concerns =
        change.kind === "write" || change.kind === "cut"
          ? change.file === file
          : file === undefined;
      if (concerns) {
        change.syncedBy = Math.min(change.syncedBy, this.call);
      }
    }
  }

  private named(file: number | undefined, path: string): void {
    if (file !== undefined) {
      this.names.set(basename(path), file);
      this.note({ kind: "name", file, name: basename(path) });
    }
  }

  private renamed(from: string, path: string): void {
    const file = this.names.get(from);
    const name = basename(path);
    // A rename onto another name of the same file does nothing.
    if (file !== undefined && this.names.get(name) !== file) {
      this.names.delete(from);
      this.names.set(name, file);
      this.note({ kind: "name", file, name, from });
    }
  }

  private unnamed(name: string): void {
    if (this.names.delete(name)) {
      this.note({ kind: "unname", name });
    }
  }

  private note(change: NewChange): void {
    this.changes.push({ ...change, call: this.call, syncedBy: Number.POSITIVE_INFINITY });
  }
}

type Distribute<T> = T extends unknown ? Omit<T, "call" | "syncedBy"> : never;
type NewChange = Distribute<Change>;

function apply(change: Change, contents: Map<number, Buffer>, names: Map<string, number>): void {
  switch (change.kind) {
    case "write": {
      const before = contents.get(change.file) ?? Buffer.alloc(0);
      const after = Buffer.alloc(Math.max(before.length, change.at + change.bytes.length));
      before.copy(after);
      change.bytes.copy(after, change.at);
      contents.set(change.file, after);
      break;
    }
    case "cut": {
      const before = contents.get(change.file) ?? Buffer.alloc(0);
      contents.set(change.file, before.subarray(0, change.length));
      break;
    }
    case "name":
      if (change.from !== undefined && names.get(change.from) === change.file) {
        names.delete(change.from);
      }
      names.set(change.name, change.file);
      break;
    case "unname":
      names.delete(change.name);
      break;
  }
}
