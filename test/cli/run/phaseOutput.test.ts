import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastLines, OutputEcho } from "../../../src/cli/run/phaseOutput";

describe("the output of an attempt, as a run shows it", () => {
  let folder = "";
  const output = (): string => join(folder, "output.log");

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hopper-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is its last lines that say something", () => {
    writeFileSync(output(), "one\n\ntwo\n  \nthree");
    assert.deepEqual(lastLines(folder, 2), ["two", "three"]);
    assert.deepEqual(lastLines(folder, 0), []);
  });

  it("is empty before there is any", () => {
    assert.deepEqual(lastLines(folder, 3), []);
    assert.deepEqual(new OutputEcho(folder).next(true), []);
  });

  const strange: Readonly<Record<string, () => void>> = {
    "a folder": () => mkdirSync(output()),
    "a FIFO": () => execFileSync("mkfifo", [output()]),
    "a link to a device": () => symlinkSync("/dev/zero", output()),
  };
  for (const [name, make] of Object.entries(strange)) {
    it(`is one line that says why where ${name} stands in its place`, () => {
      make();
      const [line = "", ...more] = lastLines(folder, 5);
      assert.match(line, /^\(the output in .* cannot be read: it is not a regular file\)$/);
      assert.deepEqual(more, []);
      const echo = new OutputEcho(folder);
      assert.deepEqual([echo.next(false), echo.next(false), echo.next(true)], [[line], [], []]);
    });
  }
});
