import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverInstallation } from "../support/vscode/installation";
import { processesWith } from "../support/processes";
import { patience } from "./stage";

describe("npm start", function () {
  this.timeout(patience);

  let root: string;

  before(async () => {
    // Installed before, should it not be there: this is about what comes after.
    await serverInstallation();
    root = realpathSync(mkdtempSync(join(tmpdir(), "hopper-start-")));
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it("serves VS Code with the examples until Ctrl-C, and leaves nothing behind", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "test/support/vscode/start.ts"], {
      // A terminal sends Ctrl-C to the whole group.
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
      // Neither a desktop VS Code nor a browser is found on it.
      env: { ...process.env, TMPDIR: root, PATH: pathWithout("code") },
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    const url = await new Promise<string>((resolve, reject) => {
      let said = "";
      child.stdout.setEncoding("utf8").on("data", (data: string) => {
        said += data;
        const found = /(http:\S+)/.exec(said)?.[1];
        if (found !== undefined) {
          resolve(found);
        }
      });
      child.once("close", () => reject(new Error(`it ended before it served: ${said}`)));
    });
    const page = await fetch(url);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /workbench/);
    assert.ok(readdirSync(root).length > 0);
    assert.ok(child.pid !== undefined);
    process.kill(-child.pid, "SIGINT");
    assert.equal(await ended, 0);
    assert.deepEqual(processesWith("TMPDIR", root), []);
    // What tsx itself keeps there is a cache that others share.
    assert.deepEqual(
      readdirSync(root).filter((name) => !name.startsWith("tsx-")),
      [],
    );
  });
});

/** The PATH without the folders that hold this program. */
function pathWithout(program: string): string {
  return (process.env["PATH"] ?? "")
    .split(":")
    .filter((folder) => {
      try {
        return !readdirSync(folder).includes(program);
      } catch {
        return false;
      }
    })
    .join(":");
}
