import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { eventually } from "../support/eventually";
import { patience, plan, Stage } from "./stage";

const cli = resolve("dist/cli.js");

/** The process that owns the queue and starts what is ready; undefined while there is none. */
function workingOwnerOf(stage: Stage): number | undefined {
  // It is missing for a moment when one owner takes the place of another.
  const record = stage.has(".hopper/owner.json")
    ? readFileSync(stage.file(".hopper/owner.json"), "utf8")
    : "";
  const pid = record.includes('"scope"') ? /"pid": (\d+)/.exec(record)?.[1] : undefined;
  return pid === undefined ? undefined : Number(pid);
}

/** Runs until the file appears, and notes that it ran. */
const held = (name: string): string =>
  `echo run >> ${name}.txt; until [ -e ${name}.go ]; do sleep 0.1; done`;

describe("hosts that come and go", function () {
  this.timeout(patience);

  let stage: Stage | undefined;

  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) {
      await stage?.workbench.screenshot(`failed ${this.currentTest.title}`);
    }
    await stage?.close();
    stage = undefined;
  });

  async function openHeld(): Promise<Stage> {
    const opened = await Stage.open({
      "own.md": plan("Own", [["Warm up", "echo run >> own.txt"]]),
      "held.md": plan("Held", [
        ["First", held("first")],
        ["Second", "echo run >> second.txt"],
      ]),
    });
    stage = opened;
    return opened;
  }

  it("a window reload leaves a running phase alone and shows it again", async () => {
    const { workbench, ...rest } = await openHeld().then((opened) => ({
      workbench: opened.workbench,
      opened,
    }));
    const { opened } = rest;
    await opened.enqueue("held.md");
    await opened.status("Phase 1: First", "running");
    await workbench.quickInput.runCommand("Developer: Reload Window");
    await workbench.page.waitForLoadState("load");
    await workbench.waitUntilUp();
    await opened.status("Phase 1: First", "running");
    await workbench.screenshot("after a reload");
    opened.write("first.go");
    await opened.status("Phase 1: First", "completed");
    await opened.status("Phase 2: Second", "completed");
    assert.equal(readFileSync(opened.file("first.txt"), "utf8"), "run\n");
    assert.equal(readFileSync(opened.file("second.txt"), "utf8"), "run\n");
  });

  it("a killed extension host leaves a running phase alone, and the next one settles it", async () => {
    const opened = await openHeld();
    await opened.enqueue("held.md");
    await opened.status("Phase 1: First", "running");
    const host = opened.server
      .processes()
      .find(({ command }) => command.includes("type=extensionHost"));
    assert.ok(host, "there is no extension host");
    process.kill(host.pid, "SIGKILL");
    opened.write("first.go");
    await opened.row("2/2").waitFor({ timeout: 60_000 });
    assert.equal(readFileSync(opened.file("first.txt"), "utf8"), "run\n");
    assert.equal(readFileSync(opened.file("second.txt"), "utf8"), "run\n");
  });

  it("after three crashes the queue comes up paused, until somebody resumes it", async () => {
    const opened = await openHeld();
    const { workbench } = opened;
    await opened.enqueue("held.md");
    await opened.status("Phase 1: First", "running");
    for (let crash = 1; crash <= 3; crash++) {
      const pid = await eventually("a host is at work on the queue", () => workingOwnerOf(opened));
      process.kill(pid, "SIGKILL");
      if (crash === 3) {
        // Here the editor gives up, and leaves it to the user.
        await workbench.page.getByRole("button", { name: /Restart.* Extension Host/ }).click();
      } else {
        await eventually("another host works on it", () => {
          const next = workingOwnerOf(opened);
          return next !== undefined && next !== pid;
        });
      }
    }
    await workbench.page.getByText("the last 3 starts within 5 minutes").first().waitFor();
    await workbench.screenshot("paused after crashes");
    opened.write("first.go");
    await opened.status("Phase 1: First", "completed");
    await opened.status("Phase 2: Second", "ready");
    assert.equal(opened.has("second.txt"), false);
    await workbench.quickInput.runCommand("Phase Hopper: Resume");
    await opened.status("Phase 2: Second", "completed");
    assert.equal(readFileSync(opened.file("first.txt"), "utf8"), "run\n");
    assert.equal(readFileSync(opened.file("second.txt"), "utf8"), "run\n");
  });

  it("a command line that owns the queue is followed, gets the commands, and is taken over from", async () => {
    const opened = await openHeld();
    const { workbench, folder, environment } = opened;
    const run = spawn(process.execPath, [cli, "run", "held.md", "--yes"], {
      cwd: folder,
      env: environment,
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => run.once("exit", resolve));
    await eventually("the phase runs", () => opened.has("first.txt"));
    await workbench.tree.openContainer("Phase Hopper");
    await opened.status("Phase 1: First", "running");
    await workbench.page
      .getByText(/owned by process \d+ \(phase-hopper\)/)
      .first()
      .waitFor();
    await workbench.screenshot("owned by a command line");
    await workbench.quickInput.runCommand("Phase Hopper: Pause");
    // The title's action turns into its opposite when the owner's files say that it is paused.
    await workbench.page
      .locator('.part.sidebar .action-label[aria-label^="Resume Queue"]')
      .first()
      .waitFor();
    await workbench.page.getByText("Paused by you").first().waitFor();
    opened.write("first.go");
    await ended;
    await opened.status("Phase 1: First", "completed");
    await opened.status("Phase 2: Second", "ready");
    const list = execFileSync(process.execPath, [cli, "list"], { cwd: folder, env: environment });
    assert.match(list.toString(), /paused by you/i);
    // For a moment there is no such file, when one owner takes the place of another.
    await eventually(
      "the window owns the queue",
      () =>
        opened.has(".hopper/owner.json") &&
        readFileSync(opened.file(".hopper/owner.json"), "utf8").includes('"program": "vscode"'),
    );
    await workbench.quickInput.runCommand("Phase Hopper: Resume");
    await opened.status("Phase 2: Second", "completed");
    assert.equal(readFileSync(opened.file("second.txt"), "utf8"), "run\n");
  });

  it("a window that owns the queue runs the plan of a command line, and may go in the middle of it", async () => {
    const opened = await openHeld();
    const { workbench, folder, environment } = opened;
    await opened.enqueue("own.md");
    await opened.status("Phase 1: Warm up", "completed");
    const window = workingOwnerOf(opened);
    const run = spawn(process.execPath, [cli, "run", "held.md", "--yes"], {
      cwd: folder,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    run.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    run.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    const code = new Promise((resolve) => run.once("exit", resolve));
    await opened.status("Phase 1: First", "running");
    assert.equal(workingOwnerOf(opened), window);
    await eventually("the command line says whom it follows", () =>
      said.includes(`(process ${window ?? 0}), which runs its phases`),
    );
    await workbench.quickInput.runCommand("Developer: Reload Window");
    await workbench.page.waitForLoadState("load");
    await workbench.waitUntilUp();
    await opened.status("Phase 1: First", "running");
    opened.write("first.go");
    assert.equal(await code, 0, said);
    assert.match(said, /^Phase 2 Second: completed in /m);
    await opened.status("Phase 2: Second", "completed");
    assert.equal(readFileSync(opened.file("first.txt"), "utf8"), "run\n");
    assert.equal(readFileSync(opened.file("second.txt"), "utf8"), "run\n");
  });

  it("several folders have a queue each, shown below their names", async () => {
    const opened = await Stage.open(
      {
        "one/first.md": plan("Of one", [["Build", "pwd > where.txt"]]),
        "two/second.md": plan("Of two", [["Test", "pwd > where.txt"]]),
      },
      {},
      ["one", "two"],
    );
    stage = opened;
    const { tree, quickInput, notifications, page } = opened.workbench;
    for (const [name, title] of [
      ["first.md", "Of one"],
      ["second.md", "Of two"],
    ] as const) {
      await quickInput.runCommand("Phase Hopper: Enqueue Phases");
      await quickInput.choose(name);
      await quickInput.choose("Enqueue 1 Phase");
      await opened.row(title).waitFor();
    }
    await tree.openContainer("Phase Hopper");
    await opened.row(/^one/).waitFor();
    await opened.row(/^two/).waitFor();
    await opened.workbench.screenshot("several folders");
    for (const name of ["one", "two"]) {
      await eventually(`the phase of ${name} ran`, () => opened.has(`${name}/where.txt`));
      assert.equal(
        readFileSync(opened.file(`${name}/where.txt`), "utf8"),
        `${opened.file(name)}\n`,
      );
    }
    // A folder is no part of its queue: it cannot be taken out of it.
    await opened.row(/^one/).click();
    await page.keyboard.press("Delete");
    await notifications.notification("Only plans and phases can be removed.").waitFor();
    // The first click closed it.
    await opened.row(/^one/).click();
    await opened.row("Of one").waitFor();
  });

  it("an untrusted workspace shows a plan, stores and starts nothing, and works once trusted", async () => {
    const opened = await Stage.open(
      {
        "release.md": plan("Release", [["Build", "echo built > built.txt"]]),
        "stored.md": plan("Stored", [["Wait", "echo run > stored.txt"]]),
      },
      {
        settings: {
          "security.workspace.trust.enabled": true,
          "security.workspace.trust.startupPrompt": "never",
        },
      },
    );
    stage = opened;
    const { tree, quickInput, page } = opened.workbench;
    await tree.openContainer("Phase Hopper");
    await page.getByText("In an untrusted workspace plans can be previewed").waitFor();
    await opened.workbench.screenshot("untrusted");
    await tree.openContainer("Explorer");
    await tree.chooseFromMenu("release.md", "Enqueue Phases");
    const rows = await quickInput.rows();
    assert.match(rows[0] ?? "", /Not enqueued: this workspace is not trusted/);
    assert.equal(opened.has(".hopper"), false);
    assert.equal(opened.has("built.txt"), false);
    const { environment, folder } = opened;
    const args = [cli, "enqueue", "stored.md", "--yes"];
    execFileSync(process.execPath, args, { cwd: folder, env: environment, stdio: "pipe" });
    await quickInput.choose("Not enqueued: this workspace is not trusted");
    const trust = page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust" });
    await trust.first().waitFor();
    assert.equal(opened.has("stored.txt"), false);
    await trust.first().click();
    await page.getByText("You trust this folder").waitFor();
    await page.locator('.action-label[aria-label^="Close Modal Editor"]').click();
    await page.locator(".workspace-trust-editor").waitFor({ state: "hidden" });
    await opened.enqueue("release.md");
    await opened.status("Phase 1: Build", "completed");
    // A plan that is done is closed.
    await opened.row(/Stored.*1\/1/).waitFor();
    assert.equal(readFileSync(opened.file("stored.txt"), "utf8"), "run\n");
  });
});
