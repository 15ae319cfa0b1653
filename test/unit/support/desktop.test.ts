import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { desktopVsCode, runOnDesktop } from "../../support/vscode/desktop";

const patience = 30_000;
const suite = { extension: "/an/extension", tests: "/its/tests", workspace: "/a/workspace" };

describe("a desktop VS Code for the suite", () => {
  let root: string;
  const before = { ...process.env };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hopper-desktop-"));
  });
  afterEach(() => {
    process.env = { ...before };
    rmSync(root, { recursive: true, force: true });
  });

  /** A program in the place of VS Code's. */
  function programOf(script: string): string {
    const path = join(root, "code");
    writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return path;
  }

  async function run(script: string, time = patience): Promise<{ code: number; lines: string[] }> {
    const lines: string[] = [];
    const code = await runOnDesktop(programOf(script), suite, (line) => lines.push(line), time);
    return { code, lines };
  }

  it("is handed the suite, prints each of its lines, and says how it ended", async () => {
    const { code, lines } = await run('printf "%s\\n" "$@"; echo trouble >&2; printf last; exit 3');
    assert.equal(code, 3);
    assert.ok(lines.includes("/a/workspace"));
    assert.ok(lines.includes("--extensionDevelopmentPath=/an/extension"));
    assert.ok(lines.includes("--extensionTestsPath=/its/tests"));
    assert.ok(lines.includes("trouble"));
    assert.ok(lines.includes("last"));
  });

  it("has a home of its own, which is gone afterwards, and nothing of an editor we run in", async () => {
    Object.assign(process.env, { ELECTRON_RUN_AS_NODE: "1", VSCODE_IPC_HOOK_CLI: "/a/socket" });
    const { lines } = await run('echo "$HOME"; test -d "$HOME" || exit 4; env');
    const [home = ""] = lines;
    assert.notEqual(home, before["HOME"]);
    assert.equal(existsSync(home), false);
    assert.deepEqual(
      lines.filter((line) => /^(VSCODE|ELECTRON)_/.test(line)),
      [],
    );
  });

  it("that hangs is ended, and it is said", async () => {
    const { code, lines } = await run("exec sleep 600", 200);
    assert.equal(code, 1);
    assert.match(lines.join("\n"), /was ended by SIGTERM/);
  });

  it("that cannot be started is an error with its name", async () => {
    await assert.rejects(
      runOnDesktop(join(root, "none"), suite, () => undefined, patience),
      /none/,
    );
  });

  it("is not looked for where there is no screen or a server is wished for", async () => {
    process.env["PHASE_HOPPER_TEST_VSCODE"] = "server";
    assert.equal(await desktopVsCode(), undefined);
  });
});
