import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { AttemptRunner } from "../../../src/core/protocol/attempts";
import { Bench, sh } from "./harness";

describe("a folder made ahead", () => {
  let bench: Bench;
  let runner: AttemptRunner;

  beforeEach(async () => {
    bench = await Bench.create("posix");
    runner = bench.runner();
  });
  afterEach(() => bench.close());

  it("is taken as it is by the request it was made for, and runs", async () => {
    const request = bench.request({ blocks: [sh("echo made ahead")] });
    runner.prepareAhead(request);
    const { ino } = statSync(join(request.folder, "spec.json"));
    await bench.run(runner, request);
    assert.equal(statSync(join(request.folder, "spec.json")).ino, ino);
    assert.equal(bench.output(request), "made ahead\n");
  });

  it("is made anew when the request came out different", async () => {
    const request = bench.request({ blocks: [sh("echo old")] });
    runner.prepareAhead(request);
    await bench.run(runner, { ...request, blocks: [sh("echo new")] });
    assert.equal(bench.output(request), "new\n");
  });

  it("is made anew when somebody cleaned it away, or emptied a file of it", async () => {
    const gone = bench.request({ blocks: [sh("echo again")] });
    runner.prepareAhead(gone);
    rmSync(gone.folder, { recursive: true });
    await bench.run(runner, gone);
    assert.equal(bench.output(gone), "again\n");

    const partial = bench.request({ blocks: [sh("echo whole")] });
    runner.prepareAhead(partial);
    rmSync(join(partial.folder, "run.sh"));
    await bench.run(runner, partial);
    assert.equal(bench.output(partial), "whole\n");
  });

  it("is removed when it is settled without having been asked for", () => {
    const request = bench.request({ blocks: [sh("true")] });
    runner.prepareAhead(request);
    runner.settle(request.folder);
    assert.equal(existsSync(request.folder), false);
  });

  it("stays when it was asked for", () => {
    const request = bench.request({ blocks: [sh("true")] });
    runner.prepareAhead(request);
    runner.prepare(request);
    runner.settle(request.folder);
    assert.match(readFileSync(join(request.folder, "spec.json"), "utf8"), /attemptId/);
  });
});
