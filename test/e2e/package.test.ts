import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../support/eventually";
import { serverInstallation } from "../support/vscode/installation";
import { patience, plan, Stage } from "./stage";

const megabyte = 1024 * 1024;

describe("the package", function () {
  this.timeout(patience);

  let root: string;
  let vsix: string;

  before(() => {
    root = mkdtempSync(join(tmpdir(), "hopper-package-"));
    vsix = join(root, "phase-hopper.vsix");
    execFileSync("npm", ["run", "package", "--", "--out", vsix], { stdio: "pipe" });
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it("holds at most 1.5 MB", () => {
    const { size } = statSync(vsix);
    assert.ok(size <= 1.5 * megabyte, `it has ${size} bytes`);
  });

  it("installed, runs plans from the explorer to their end, one of them after a retry", async () => {
    const { node, serverMain } = await serverInstallation();
    const extensions = join(root, "extensions");
    execFileSync(
      node,
      [
        serverMain,
        "--install-extension",
        vsix,
        "--extensions-dir",
        extensions,
        "--accept-server-license-terms",
      ],
      { stdio: "pipe", env: { ...process.env, HOME: root } },
    );
    const stage = await Stage.open(
      {
        "release.md": plan("Release", [["Build", "echo built > built.txt"]]),
        "failing.md": plan("Failing", [
          ["Try", "test -e mended"],
          ["Go on", "echo on > on.txt"],
        ]),
      },
      { extension: undefined, extensions },
    );
    try {
      await stage.enqueue("release.md");
      await stage.status("Phase 1: Build", "completed");
      assert.ok(stage.has("built.txt"));
      await stage.enqueue("failing.md");
      await stage.status("Phase 1: Try", "failed");
      await stage.status("Phase 2: Go on", "blocked");
      stage.write("mended");
      const mended = stage.phase("Phase 1: Try", "completed");
      await stage.workbench.tree.pressUntil("1: Try", "Retry", mended);
      await eventually("what was blocked ran, too", () => stage.has("on.txt"));
    } finally {
      await stage.close();
    }
  });
});
