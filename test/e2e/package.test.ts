import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
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
    const vsce = resolve("node_modules/.bin/vsce");
    const options = [
      "--no-dependencies",
      "--no-rewrite-relative-links",
      "--allow-missing-repository",
    ];
    execFileSync(vsce, ["package", ...options, "--out", vsix], { stdio: "pipe" });
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it("holds at most 1.5 MB", () => {
    const { size } = statSync(vsix);
    assert.ok(size <= 1.5 * megabyte, `it has ${size} bytes`);
  });

  it("installed, runs a plan from the explorer to its end", async () => {
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
      { "release.md": plan("Release", [["Build", "echo built > built.txt"]]) },
      { extension: undefined, extensions },
    );
    try {
      await stage.enqueue("release.md");
      await stage.status("Phase 1: Build", "completed");
      assert.ok(stage.has("built.txt"));
    } finally {
      await stage.close();
    }
  });
});
