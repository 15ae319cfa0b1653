import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "../../../src/core/base/log";
import { AttemptFolders } from "../../../src/core/coordinator/attemptFolders";

describe("the folder of all attempts", () => {
  let root: string;
  let workspace: string;
  let folders: AttemptFolders;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hopper-folders-"));
    workspace = join(root, "workspace");
    mkdirSync(workspace);
    folders = new AttemptFolders(join(workspace, ".hopper"), silentLogger);
  });

  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it("is made for this user alone, also where .hopper was removed a moment ago", () => {
    folders.makeRoot();
    folders.makeRoot();
    assert.equal(statSync(join(workspace, ".hopper")).mode & 0o777, 0o700);
    assert.equal(statSync(folders.root).mode & 0o777, 0o700);
  });

  it("is not made where the workspace itself was removed", () => {
    rmSync(workspace, { recursive: true });
    assert.throws(() => folders.makeRoot(), { kind: "storage" });
    assert.equal(existsSync(workspace), false);
  });
});
