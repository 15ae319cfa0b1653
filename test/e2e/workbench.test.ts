import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join, resolve } from "node:path";
import { serverInstallation } from "../support/vscode/installation";
import { VsCodeServer } from "../support/vscode/server";
import { Workbench } from "../support/vscode/workbench";

describe("the extension in the workbench", function () {
  // The first run installs the server and the browser.
  this.timeout(15 * 60_000);

  let server: VsCodeServer;
  let workbench: Workbench;

  before(async () => {
    server = await VsCodeServer.start(await serverInstallation(), { extension: resolve(".") });
    const workspace = join(server.root, "examples");
    cpSync("examples", workspace, { recursive: true });
    workbench = await Workbench.open(server, { workspace });
  });

  after(async () => {
    // Ends the browser too.
    await server.stop();
    assert.deepEqual(server.processes(), []);
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) {
      await workbench.screenshot(`failed ${this.currentTest.title}`);
    }
  });

  it("has its icon in the activity bar and its command in the palette", async () => {
    await workbench.tree.rows("diamond.md").waitFor();
    await workbench.tree.activityBarIcon("Phase Hopper").waitFor();
    await workbench.tree.openContainer("Phase Hopper");
    await workbench.quickInput.runCommand("Phase Hopper: Enqueue Phases");
    await workbench.notifications.notification("Phase Hopper is here.").waitFor();
    await workbench.screenshot("workbench");
  });
});
