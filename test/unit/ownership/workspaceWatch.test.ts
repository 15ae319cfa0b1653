import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HopperError } from "../../../src/core/base/errors";
import { silentLogger } from "../../../src/core/base/log";
import { identifyFolder } from "../../../src/core/ownership/folderIdentity";
import { WorkspaceWatch } from "../../../src/core/ownership/workspaceWatch";
import { FakeClock } from "../../support/fakeClock";

describe("the watch over the workspace folder", () => {
  let root: string;
  let workspace: string;
  let clock: FakeClock;
  let watch: WorkspaceWatch;
  let losses: HopperError[];
  let standing: "ours" | "missing" | "taken";

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hopper-watch-"));
    workspace = join(root, "workspace");
    mkdirSync(workspace);
    clock = new FakeClock();
    standing = "ours";
    watch = new WorkspaceWatch(identifyFolder(workspace), () => standing, clock, silentLogger);
    losses = [];
    watch.onDidLose((error) => losses.push(error));
  });

  afterEach(() => {
    watch.dispose();
    assert.equal(clock.pending, 0);
    rmSync(root, { recursive: true, force: true });
  });

  it("says nothing while the folder is there, whatever happens in it", () => {
    mkdirSync(join(workspace, ".hopper"));
    clock.advance(5000);
    rmSync(join(workspace, ".hopper"), { recursive: true });
    clock.advance(5000);
    assert.deepEqual(losses, []);
  });

  it("tells within a second that it was removed, once, with the remedy", () => {
    rmSync(workspace, { recursive: true });
    clock.advance(1000);
    clock.advance(10_000);
    assert.equal(losses.length, 1);
    assert.equal(losses[0]?.kind, "storage");
    assert.match(losses[0].message, /workspace is gone.*removed or moved away.*Put it back/);
  });

  it("tells that another process took the queue over, but not that a record is missing", () => {
    standing = "missing";
    clock.advance(5000);
    assert.equal(losses.length, 0);
    standing = "taken";
    clock.advance(1000);
    assert.equal(losses[0]?.kind, "owned");
    assert.match(losses[0].message, /taken over the queue of .*stores nothing more/);
  });

  it("tells that another folder has its place", () => {
    renameSync(workspace, join(root, "elsewhere"));
    mkdirSync(workspace);
    clock.advance(1000);
    assert.match(losses[0]?.message ?? "", /another folder has its place/);
  });
});
