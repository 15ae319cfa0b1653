import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
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

  it("is made anew when somebody changed a file of it, to the same size, or put one in", async () => {
    const changed = bench.request({ blocks: [sh("echo ours")] });
    runner.prepareAhead(changed);
    const path = join(changed.folder, "run.sh");
    writeFileSync(path, readFileSync(path, "utf8").replace(/[a-z]/g, "x"));
    await bench.run(runner, changed);
    assert.equal(bench.output(changed), "ours\n");

    const joined = bench.request({ blocks: [sh("echo ours")] });
    runner.prepareAhead(joined);
    writeFileSync(join(joined.folder, "exit.json"), '{"step":0,"code":0,"signal":null}\n');
    await bench.run(runner, joined);
    assert.equal(bench.output(joined), "ours\n");
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
