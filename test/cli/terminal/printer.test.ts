import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { Printer } from "../../../src/cli/printer";
import { eventually } from "../../support/eventually";

/** A terminal that is gone. */
class GoneTerminal extends Writable {
  readonly isTTY = true;

  override _write(_chunk: unknown, _encoding: string, done: (error: Error) => void): void {
    done(Object.assign(new Error("write EIO"), { code: "EIO" }));
  }
}

/** Keeps what it is given. */
class Kept extends Writable {
  text = "";

  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}

describe("a terminal that is gone", () => {
  it("is said once, and not on itself, where notes are shown there", async () => {
    const stdout = new GoneTerminal();
    const stderr = new Kept();
    const printer = new Printer(stdout, stderr);
    printer.redirectNotes((line) => void stdout.write(line));
    printer.line("something");
    await eventually("it is noticed", () => printer.closed.aborted);
    printer.note("something more");
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(stderr.text, "error: stdout cannot be written: write EIO\n");
  });
});
