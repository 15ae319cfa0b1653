import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { eventually } from "../support/eventually";
import { workbenchUrl } from "../support/vscode/workbench";
import { patience, plan, Stage } from "./stage";

/** A plan with a failure; when its second phase has ended, the failure would have been told long since. */
const failsFirst = (title: string, name: string): string =>
  `# ${title}\n\n## Phase 1: ${name}\n\nRunner: shell\n\n\`\`\`sh\nexit 3\n\`\`\`\n\n` +
  `## Phase 2: After ${name}\n\nDepends on: none\nRunner: shell\n\n\`\`\`sh\nsleep 2\n\`\`\`\n`;

describe("notifications of what a queue does", function () {
  this.timeout(patience);

  let stage: Stage;

  before(async () => {
    stage = await Stage.open({
      "repair.md": plan("Repair it", [["Try", "echo I look for mended; test -e mended"]]),
      "held.md": plan("Held", [["Hold", "until [ -e never ]; do sleep 0.1; done"]]),
      "person.md": "# Person\n\n## Phase 1: Judge\n\nRunner: manual\n\nJudge it with care.\n",
      "next.md": plan("The next one", [["Next", "exit 3"]]),
      "away.md": plan("While away", [["Leave", "until [ -e gone ]; do sleep 0.1; done; exit 3"]]),
      "some.md": failsFirst("Some are told", "Told"),
      "fine.md": plan("All is fine", [["Fine", "true"]]).replace("```sh", "Runner: shell\n\n```sh"),
      "none.md": failsFirst("None is told", "Untold"),
    });
  });
  after(() => stage.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) {
      await stage.workbench.screenshot(`failed ${this.currentTest.title}`);
    }
  });

  async function clear(): Promise<void> {
    const { quickInput, page } = stage.workbench;
    await quickInput.runCommand("Notifications: Clear All Notifications");
    await page.locator(".notification-list-item").first().waitFor({ state: "hidden" });
  }

  /**
   * Changes the level. A window that was just loaded again may not have its settings yet: they are there
   * when a preview names the runner that was changed with it.
   */
  async function setLevel(level: "failures" | "none", runner: string): Promise<void> {
    const { tree, quickInput, page } = stage.workbench;
    stage.server.changeSettings({
      "phaseHopper.notifications": level,
      "phaseHopper.defaultRunner": runner,
    });
    await stage.workbench.reloadPage();
    await eventually("the settings have arrived", async () => {
      await tree.openContainer("Explorer");
      await tree.chooseFromMenu("next.md", "Enqueue Phases");
      await page.getByText("Enqueue Phases: next.md").waitFor();
      const rows = await quickInput.rows();
      await page.keyboard.press("Escape");
      return rows.some((row) => row.includes(`Runner: ${runner}`));
    });
  }

  /** How many attempts have left how they ended. */
  const ended = (): number =>
    readdirSync(stage.file(".hopper/attempts"), { recursive: true, encoding: "utf8" }).filter(
      (path) => path.endsWith("exit.json"),
    ).length;

  it("lead from a failure to the phase's log", async () => {
    const { notifications, page } = stage.workbench;
    await stage.enqueue("repair.md");
    await notifications.notification(/Phase 1: Try of "Repair it" failed/).waitFor();
    await stage.workbench.screenshot("notification of a failure");
    await notifications.press("Phase 1: Try", "Show Log");
    const terminal = page.locator(".terminal-wrapper.active .xterm-rows");
    await terminal.getByText("I look for mended").waitFor();
    await terminal.getByText("failed (exit code 1").waitFor();
  });

  it("retry a failed phase, and tell when its plan is done", async () => {
    const { notifications, tree } = stage.workbench;
    await tree.openContainer("Phase Hopper");
    await tree.pressInlineAction("1: Try", "Retry");
    await notifications.notification(/Phase 1: Try of "Repair it" failed/).waitFor();
    stage.write("mended");
    await notifications.press("Phase 1: Try", "Retry");
    await stage.status("Phase 1: Try", "completed");
    await notifications.notification('"Repair it" is done: its phase is completed.').waitFor();
    await clear();
  });

  it("leave out what the user made fail", async () => {
    const { notifications, tree, quickInput, page } = stage.workbench;
    await stage.enqueue("held.md");
    await stage.status("Phase 1: Hold", "running");
    await tree.pressUntil("1: Hold", "Cancel", stage.row(/1: Hold.*cancelled/));
    await stage.enqueue("person.md");
    await stage.status("Phase 1: Judge", "waiting for a person");
    await tree.pressUntil("1: Judge", "Failed", page.getByText("Phase 1: Judge: Failed"));
    await quickInput.type("it is too salty");
    await quickInput.accept();
    await stage.row("it is too salty").waitFor();
    await stage.enqueue("next.md");
    await notifications.notification(/Phase 1: Next of "The next one" failed/).waitFor();
    const told = await notifications.texts();
    assert.deepEqual(
      told.filter((text) => /failed/.test(text) && !text.startsWith("Phase 1: Next")),
      [],
    );
    await clear();
  });

  it("tell at opening what failed while no window was open", async () => {
    const { workbench, server, folder } = stage;
    const { notifications, page } = workbench;
    await stage.enqueue("away.md");
    await stage.status("Phase 1: Leave", "running");
    await page.goto("about:blank");
    await eventually("no extension host is left", () => {
      const hosts = server
        .processes()
        .filter(({ command }) => command.includes("type=extensionHost"));
      for (const { pid } of hosts) {
        process.kill(pid, "SIGKILL");
      }
      return hosts.length === 0;
    });
    const before = ended();
    stage.write("gone");
    await eventually("the phase has ended", () => ended() > before);
    await page.goto(workbenchUrl(server, { workspace: folder }));
    await workbench.waitUntilUp();
    await notifications.notification(/Phase 1: Leave of "While away" failed/).waitFor();
  });

  it("are of failures alone where the setting says so", async () => {
    const { notifications } = stage.workbench;
    await setLevel("failures", "manual");
    await stage.enqueue("fine.md");
    await stage.status("Phase 1: Fine", "completed");
    await stage.enqueue("some.md");
    await notifications.notification(/Phase 1: Told of "Some are told" failed/).waitFor();
    await stage.status("Phase 2: After Told", "completed");
    assert.deepEqual(
      (await notifications.texts()).filter((text) => /is done/.test(text)),
      [],
    );
  });

  it("are none where the setting says so", async () => {
    const { notifications } = stage.workbench;
    await setLevel("none", "external");
    await stage.enqueue("none.md");
    await stage.status("Phase 1: Untold", "failed");
    await stage.status("Phase 2: After Untold", "completed");
    assert.deepEqual(
      (await notifications.texts()).filter((text) => /failed|is done/.test(text)),
      [],
    );
  });
});
