import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cached } from "../../support/vscode/cacheFolder";

describe("the cache of the programs that tests need", () => {
  const before = process.env["PHASE_HOPPER_TEST_CACHE"];
  let cache: string;
  let installations: number;

  const install = (folder: string): Promise<void> => {
    installations += 1;
    writeFileSync(join(folder, "program"), "");
    return Promise.resolve();
  };

  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "hopper-cache-"));
    process.env["PHASE_HOPPER_TEST_CACHE"] = cache;
    installations = 0;
  });

  afterEach(() => {
    rmSync(cache, { recursive: true });
    if (before === undefined) {
      delete process.env["PHASE_HOPPER_TEST_CACHE"];
    } else {
      process.env["PHASE_HOPPER_TEST_CACHE"] = before;
    }
  });

  it("installs once, also when two ask at the same moment", async () => {
    const folders = await Promise.all([cached("x-1", install), cached("x-1", install)]);

    assert.deepEqual(folders, [join(cache, "x-1"), join(cache, "x-1")]);
    assert.equal(installations, 1);
    assert.ok(existsSync(join(cache, "x-1", "program")));
    assert.deepEqual(readdirSync(cache), ["x-1"]);
  });

  it("keeps nothing of an installation that failed, and tries again", async () => {
    const failing = cached("x-1", async (folder) => {
      await install(folder);
      throw new Error("no network");
    });
    await assert.rejects(failing, /no network/);
    assert.deepEqual(readdirSync(cache), []);

    await cached("x-1", install);
    assert.equal(installations, 2);
  });

  it("does away with what a run that was killed left behind", async () => {
    const { pid: endedProcess } = spawnSync(process.execPath, ["--version"]);
    writeFileSync(join(cache, "x-1.lock"), String(endedProcess));
    mkdirSync(join(cache, `x-1.unfinished-${endedProcess}`));

    await cached("x-1", install);

    assert.deepEqual(readdirSync(cache), ["x-1"]);
  });
});
