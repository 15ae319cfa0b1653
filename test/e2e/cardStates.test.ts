import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { eventually } from "../support/eventually";
import { Card } from "../support/vscode/card";
import { serverInstallation } from "../support/vscode/installation";
import { VsCodeServer } from "../support/vscode/server";
import { colorThemes, Workbench } from "../support/vscode/workbench";
import { patience, plan, Stage } from "./stage";

const cli = resolve("dist/cli.js");
const held = (name: string): string => `until [ -e ${name} ]; do sleep 0.1; done`;

/** No theme may hide anything or lack contrast; the pictures are for people to look at. */
async function inEveryTheme(card: Card, state: string): Promise<void> {
  await card.clearNotifications();
  for (const theme of colorThemes) {
    await card.useTheme(theme);
    assert.deepEqual(await card.violations(), [], `${state}, ${theme}`);
    await card.screenshot(`${state}, ${theme}`);
  }
}

describe("each state of the hopper card", function () {
  this.timeout(patience);

  let stage: Stage | undefined;
  /** A window without a folder, which is no stage. */
  let bare: Workbench | undefined;

  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) {
      await (stage?.workbench ?? bare)?.screenshot(`failed ${this.currentTest.title}`);
    }
    await stage?.close();
    stage = undefined;
    await bare?.close();
    await bare?.server.stop();
    bare = undefined;
  });

  it("a queue at work, what it completed, its menu, and both when there is nothing", async () => {
    const opened = await Stage.open({
      "release.md": plan("Release the library", [
        ["Check out", "echo checked out"],
        ["Build", `echo compiling; printf '\\033[32mok\\033[0m 214 files\\n'; ${held("built.go")}`],
        ["Test", "echo testing"],
        ["Publish", "echo published"],
      ]),
      "audit.md": plan("Audit the repository", [
        ["Dependencies", "echo 212 packages; echo 'no licence: left-pad' >&2; exit 3"],
        ["Report", "echo report"],
        ["Archive", "echo archive"],
      ]),
      "review.md":
        "# Review the texts\n\n## Phase 1: Read the guide\n\nRunner: manual\n\nRead it with care.\n\n" +
        "## Phase 2: Sign\n\nRunner: manual\n\nSign it off.\n",
    });
    stage = opened;
    const card = await Card.open(opened.workbench);
    await card.locator(".empty-title", "Queue Empty").waitFor();
    await inEveryTheme(card, "queue empty");
    await opened.enqueue("audit.md");
    await card.locator(".tab-failed").waitFor({ timeout: 60_000 });
    await card.locator(".empty-title", "Queue Empty").waitFor();
    await inEveryTheme(card, "in progress empty");
    await opened.enqueue("review.md");
    await opened.enqueue("release.md");
    await card.locator(".phase .badge", "running").first().waitFor();
    await card.frame.getByRole("button", { name: "Details of Phase 2 Build" }).click();
    await card.locator(".log-line", "214 files").waitFor();
    await inEveryTheme(card, "in progress");
    await card.locator("#tab-completed").click();
    await card.frame.getByRole("button", { name: "Details of Phase 1 Dependencies" }).click();
    await card.locator(".log-line", "no licence").waitFor();
    await inEveryTheme(card, "completed");
    // Not in its details, whose text has the editor's own menu.
    const head = { x: 120, y: 12 };
    await card
      .locator('.phase[aria-label^="Phase 1 Dependencies"]')
      .click({ button: "right", position: head });
    await card.locator('.menu [role="menuitem"]', "Retry").waitFor();
    assert.deepEqual(await card.violations(), []);
    await card.screenshot("menu");
    await opened.workbench.page.keyboard.press("Escape");
    await card.locator("vscode-button.pause").click();
    await card.locator(".banner", /paused by you/i).waitFor();
    await inEveryTheme(card, "paused");
    await card.locator("#tab-timeline").click();
    await card.locator(".timeline-bar").first().waitFor();
    await inEveryTheme(card, "timeline");
    opened.write("built.go");
  });

  it("nothing completed yet", async () => {
    const opened = await Stage.open({ "held.md": plan("Held", [["Wait", held("go")]]) });
    stage = opened;
    const card = await Card.open(opened.workbench);
    await opened.enqueue("held.md");
    await card.locator("#tab-completed").click();
    await card.locator(".empty-text", "Completed items will be displayed here").waitFor();
    await inEveryTheme(card, "completed empty");
    opened.write("go");
  });

  it("a queue that another process owns", async () => {
    const opened = await Stage.open({ "held.md": plan("Held", [["Wait", held("go")]]) });
    stage = opened;
    const { folder, environment } = opened;
    const run = spawn(process.execPath, [cli, "run", "held.md", "--yes"], {
      cwd: folder,
      env: environment,
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => run.once("exit", resolve));
    await eventually("the command line owns the queue", () => opened.has(".hopper/owner.json"));
    const card = await Card.open(opened.workbench);
    await card.locator(".banner", /owned by process \d+ \(phase-hopper\)/).waitFor();
    await card.locator(".phase .badge", "running").waitFor({ timeout: 60_000 });
    await inEveryTheme(card, "follower");
    // The switch is the owner's: what it shows comes back from there.
    await card.locator("vscode-button.pause").click();
    await card.locator('vscode-button.pause[aria-label^="Resume"]').waitFor({ timeout: 60_000 });
    opened.write("go");
    await card.locator("#tab-completed").click();
    await card.locator(".phase .badge", "completed").waitFor({ timeout: 60_000 });
    await ended;
  });

  it("a queue that came with the folder, which nothing runs of before it is adopted", async () => {
    const opened = await Stage.open({ "theirs.md": plan("Theirs", [["Run", "touch ran.txt"]]) });
    stage = opened;
    const stranger = join(opened.server.root, "stranger");
    mkdirSync(stranger);
    execFileSync(process.execPath, [cli, "enqueue", "theirs.md", "--yes"], {
      cwd: opened.folder,
      env: { ...process.env, HOME: stranger, XDG_STATE_HOME: stranger, CI: "1" },
    });
    const card = await Card.open(opened.workbench);
    await card.locator(".banner-warning vscode-button", "Adopt Queue…").waitFor();
    await card.locator(".phase", "Run").waitFor();
    await inEveryTheme(card, "foreign");
    assert.equal(opened.has("ran.txt"), false);
  });

  it("a queue that cannot be opened", async () => {
    const opened = await Stage.open({ "plan.md": plan("Plan", [["Run", "true"]]) });
    stage = opened;
    mkdirSync(opened.file(".hopper"));
    opened.write(".hopper/queue.db", "not a database");
    opened.write(".hopper/queue.journal", "not a journal\n");
    const card = await Card.open(opened.workbench);
    await card.locator(".empty-title", "The Queue Cannot Be Opened").waitFor();
    await card.locator("vscode-button", "Retry").waitFor();
    await inEveryTheme(card, "failed");
  });

  it("a workspace that is not trusted", async () => {
    const opened = await Stage.open(
      { "plan.md": plan("Plan", [["Run", "true"]]) },
      {
        settings: {
          "security.workspace.trust.enabled": true,
          "security.workspace.trust.startupPrompt": "never",
        },
      },
    );
    stage = opened;
    mkdirSync(opened.file(".hopper"));
    opened.write(".hopper/queue.db", "a stranger's");
    const card = await Card.open(opened.workbench);
    await card.locator(".empty-title", "The Workspace Is Not Trusted").waitFor();
    await inEveryTheme(card, "untrusted");
  });

  it("a window without a folder", async () => {
    const server = await VsCodeServer.start(await serverInstallation(), {
      extension: resolve("."),
    });
    bare = await Workbench.open(server).catch(async (error: unknown) => {
      await server.stop();
      throw error;
    });
    const card = await Card.open(bare);
    await card.locator(".empty-title", "No Folder Is Open").waitFor();
    await inEveryTheme(card, "no folder");
    await card.locator("vscode-button", "Open Folder").click();
    await bare.page.locator(".quick-input-widget").waitFor();
  });
});
