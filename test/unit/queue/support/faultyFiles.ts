import * as fs from "node:fs";
import type { StoreFileSystem } from "../../../../src/core/queue/storeFiles";

/** What happens to a file operation instead of it, or before it. */
export interface Fault {
  /** Throws to make the call fail; returns to let it go on. */
  before(call: Call): void;
  /** Told of a call that succeeded. */
  readonly after?: (call: Call, result: unknown) => void;
  /** Bytes that a write may take; what is missing is not written. */
  readonly writeLimit?: (call: Call) => number | undefined;
  /** How often it struck, where it counts that. */
  readonly strokes?: () => number;
}

export interface Call {
  /** 1 for the first call since the fault was set. */
  readonly index: number;
  readonly name: keyof StoreFileSystem;
  readonly args: readonly unknown[];
}

/**
 * The real file operations, counted, with a fault that the test sets. Nothing is synced, which takes
 * most of the time: no power is cut here.
 */
export class FaultyFiles {
  readonly calls: (keyof StoreFileSystem)[] = [];
  /** Descriptors that are open, with the present name of each file. */
  readonly open = new Map<number, string>();
  private fault: Fault | undefined;

  /** Counts calls from here on, and lets `fault` decide on each. */
  set(fault: Fault | undefined): void {
    this.calls.length = 0;
    this.fault = fault;
  }

  readonly files: StoreFileSystem = {
    closeSync: (fd) => {
      // A descriptor is gone even when closing it fails, and a dead process has none.
      fs.closeSync(fd);
      this.open.delete(fd);
      this.enter("closeSync", [fd]);
    },
    existsSync: (path) => this.run("existsSync", [path], () => fs.existsSync(path)),
    fdatasyncSync: (fd) => this.run("fdatasyncSync", [fd], () => undefined),
    fstatSync: this.wrap("fstatSync", fs.fstatSync),
    fsyncSync: (fd) => this.run("fsyncSync", [fd], () => undefined),
    ftruncateSync: (fd, length) =>
      this.run("ftruncateSync", [fd, length], () => fs.ftruncateSync(fd, length)),
    linkSync: (from, to) => this.run("linkSync", [from, to], () => fs.linkSync(from, to)),
    mkdirSync: this.wrap("mkdirSync", fs.mkdirSync),
    openSync: (path, flags, mode) =>
      this.run("openSync", [path, flags], () => {
        const fd = fs.openSync(path, flags, mode);
        this.open.set(fd, String(path));
        return fd;
      }),
    readFileSync: this.wrap("readFileSync", fs.readFileSync),
    readSync: this.wrap("readSync", fs.readSync),
    readdirSync: this.wrap("readdirSync", fs.readdirSync),
    renameSync: (from, to) =>
      this.run("renameSync", [from, to], () => {
        fs.renameSync(from, to);
        for (const [fd, path] of this.open) {
          if (path === String(from)) {
            this.open.set(fd, String(to));
          }
        }
      }),
    rmSync: (path, options) => this.run("rmSync", [path], () => fs.rmSync(path, options)),
    statSync: this.wrap("statSync", fs.statSync),
    unlinkSync: (path) => this.run("unlinkSync", [path], () => fs.unlinkSync(path)),
    writeSync: this.wrap("writeSync", fs.writeSync),
  };

  private run<T>(name: keyof StoreFileSystem, args: readonly unknown[], work: () => T): T {
    const call = this.enter(name, args);
    const result = work();
    this.fault?.after?.(call, result);
    return result;
  }

  private enter(name: keyof StoreFileSystem, args: readonly unknown[]): Call {
    this.calls.push(name);
    const call = { index: this.calls.length, name, args };
    this.fault?.before(call);
    return call;
  }

  /** Keeps an operation's overloads, which a function of our own would have to repeat. */
  private wrap<T extends object>(name: keyof StoreFileSystem, operation: T): T {
    return new Proxy(operation, {
      apply: (target, _, args: unknown[]): unknown => {
        const call = this.enter(name, args);
        const limit = name === "writeSync" ? this.fault?.writeLimit?.(call) : undefined;
        const used = limit === undefined ? args : [args[0], args[1], args[2], limit];
        const result = apply(target, used);
        this.fault?.after?.(call, result);
        return result;
      },
    });
  }
}

function apply(operation: object, args: readonly unknown[]): unknown {
  if (typeof operation !== "function") {
    throw new TypeError("not a file operation");
  }
  const result: unknown = Reflect.apply(operation, undefined, args);
  return result;
}

/** An error as the system makes it. */
export function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made by a test`), { code });
}

/** This and every later call throws, as if the process had died before it. */
export function dieAt(index: number): Fault {
  return {
    before(call) {
      if (call.index >= index) {
        throw new Error("the process is dead");
      }
    },
  };
}

/** Operations that a full or broken disk can make fail. */
const failing = new Set<keyof StoreFileSystem>([
  "fdatasyncSync",
  "fstatSync",
  "fsyncSync",
  "ftruncateSync",
  "linkSync",
  "mkdirSync",
  "openSync",
  "readFileSync",
  "readSync",
  "renameSync",
  "statSync",
  "writeSync",
]);

/** The call with this index fails; with `forGood` every later one too. */
export function failAt(index: number, code: string, forGood: boolean): Fault {
  let strokes = 0;
  return {
    before(call) {
      const hit = forGood ? call.index >= index : call.index === index;
      if (hit && failing.has(call.name)) {
        strokes++;
        throw systemError(code);
      }
    },
    strokes: () => strokes,
  };
}

/** The write with this index takes half of its bytes without an error; with `forGood` the disk is full then. */
export function shortWriteAt(index: number, forGood: boolean): Fault {
  let strokes = 0;
  return {
    before(call) {
      if (forGood && call.index > index && call.name === "writeSync") {
        throw systemError("ENOSPC");
      }
    },
    writeLimit: ({ index: at, args }) => {
      const [, , , length] = args;
      if (at !== index || typeof length !== "number") {
        return undefined;
      }
      strokes++;
      return Math.ceil(length / 2);
    },
    strokes: () => strokes,
  };
}
