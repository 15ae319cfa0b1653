import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { silentLogger } from "../../../src/core/base/log";
import { AttemptFolders } from "../../../src/core/coordinator/attemptFolders";
import { CoordinatorBench } from "./support/coordinatorBench";

describe("the folders of attempts", () => {
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
    folders.makeRoom("phase", folders.of("phase", 1));
    folders.makeRoom("phase", folders.of("phase", 1));
    assert.equal(statSync(join(workspace, ".hopper")).mode & 0o777, 0o700);
    assert.equal(statSync(folders.root).mode & 0o777, 0o700);
  });

  it("is not made where the workspace itself was removed", () => {
    rmSync(workspace, { recursive: true });
    assert.throws(() => folders.makeRoom("phase", folders.of("phase", 1)), { kind: "storage" });
    assert.equal(existsSync(workspace), false);
  });

  it("hold nothing that was left of an attempt that was never claimed", () => {
    const folder = folders.of("phase", 1);
    mkdirSync(join(folder, "old"), { recursive: true });
    folders.makeRoom("phase", folder);
    assert.equal(existsSync(folder), false);
  });

  for (const { of, isOf } of [
    { of: "a phase that is not there", isOf: () => randomUUID() },
    { of: "a phase that runs", isOf: (bench: CoordinatorBench) => bench.id(1) },
  ]) {
    it(`that nobody claimed, of ${of}, are left by a host that another one took over from`, async () => {
      const bench = await CoordinatorBench.open();
      bench.enqueue({ number: 1 });
      bench.coordinator.start();
      const found = new AttemptFolders(join(bench.folder, ".hopper"), silentLogger);
      const orphan = found.of(isOf(bench), 7);
      mkdirSync(orphan, { recursive: true });
      const takeOver = await bench.heir();
      takeOver();
      await assert.rejects(found.sweepOrphans(bench.queue), { kind: "owned" });
      assert.ok(existsSync(orphan));
      await bench.close();
    });
  }

  for (const name of ["attempts", "attempts/phase"]) {
    it(`are not looked for behind a link in place of ${name}`, () => {
      const elsewhere = join(root, "elsewhere");
      const mine = join(elsewhere, "1", "mine");
      mkdirSync(mine, { recursive: true });
      const link = join(workspace, ".hopper", name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(elsewhere, link);
      assert.throws(() => folders.makeRoom("phase", folders.of("phase", 1)), {
        kind: "usage",
        message: `${link} is not a folder, or is a link to one: remove it.`,
      });
      assert.ok(existsSync(mine));
    });
  }
});
