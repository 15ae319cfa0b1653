import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { eventually } from "../support/eventually";
import { workbenchUrl } from "../support/vscode/workbench";
import { patience, plan, Stage } from "./stage";

/** A plan of shell phases that wait for none of the others, whatever the default runner is. */
const sideBySide = (title: string, phases: Readonly<Record<string, string>>): string =>
  plan(title, Object.entries(phases)).replaceAll(
    "\n```sh",
    "\nRunner: shell\nDepends on: none\n\n```sh",
  );

const until = (name: string): string => `until [ -e ${name} ]; do sleep 0.1; done`;

// Three failures of a host within a minute pause its queue: no test but one has the third.
describe("notifications of what a queue does", function () {
  this.timeout(patience);

  let stage: Stage;

  before(async () => {
    stage = await Stage.open(
      {
        "log.md": plan("Look at it", [["Fall", "echo I fall; exit 3"]]),
        "repair.md": plan("Repair it", [["Try", "test -e mended"]]),
        "away.md": plan("While away", [["Leave", `${until("gone")}; exit 3`]]),
        "held.md": plan("Held", [["Hold", until("never")]]),
        "person.md": "# Person\n\n## Phase 1: Judge\n\nRunner: manual\n\nJudge it with care.\n",
        "marker.md": plan("After these", [["Mark", "true"]]),
        "fine.md": sideBySide("All is fine", { Fine: "true" }),
        "some.md": sideBySide("Some are told", { One: "exit 3", Two: "exit 3", Three: "exit 3" }),
        "none.md": sideBySide("None is told", {
          Untold: `${until("up")}; exit 3`,
          Later: `touch up; ${until("go")}; sleep 2`,
        }),
      },
      { settings: { "phaseHopper.maxConcurrentPhases": 2 } },
    );
  });
  after(() => stage.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) {
      await stage.workbench.screenshot(`failed ${this.currentTest.title}`);
    }
  });

  /**
   * Changes the level. A window that was just loaded again may not have its settings yet: they are there
   * when a preview names the runner that was changed with it.
   */
  async function setLevel(level: "failures" | "none", runner: string): Promise<void> {
    const { quickInput, page } = stage.workbench;
    stage.server.changeSettings({
      "phaseHopper.notifications": level,
      "phaseHopper.defaultRunner": runner,
    });
    await stage.workbench.reloadPage();
    await eventually("the settings have arrived", async () => {
      await stage.preview("marker.md");
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
    await stage.enqueue("log.md");
    await notifications.notification(/Phase 1: Fall of "Look at it" failed/).waitFor();
    await stage.workbench.screenshot("notification of a failure");
    await notifications.press("Phase 1: Fall", "Show Log");
    const terminal = page.locator(".terminal-wrapper.active .xterm-rows");
    await terminal.getByText("I fall").waitFor();
    await terminal.getByText("failed (exit code 3").waitFor();
  });

  it("retry a failed phase, and tell when its plan is done", async () => {
    const { notifications } = stage.workbench;
    await stage.enqueue("repair.md");
    await notifications.notification(/Phase 1: Try of "Repair it" failed/).waitFor();
    stage.write("mended");
    await notifications.press("Phase 1: Try", "Retry");
    await stage.status("Phase 1: Try", "completed");
    await notifications.notification('"Repair it" is done: its phase is completed.').waitFor();
  });

  it("tell at opening what failed while no window was open", async () => {
    const { workbench, server, folder } = stage;
    await stage.enqueue("away.md");
    await stage.status("Phase 1: Leave", "running");
    await workbench.page.goto("about:blank");
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
    await workbench.page.goto(workbenchUrl(server, { workspace: folder }));
    await workbench.waitUntilUp();
    await workbench.notifications.notification(/Phase 1: Leave of "While away" failed/).waitFor();
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
    await stage.enqueue("marker.md");
    await notifications.notification('"After these" is done').waitFor();
    const told = await notifications.texts();
    assert.deepEqual(
      told.filter((text) => /(?:Hold|Judge).* failed/.test(text)),
      [],
    );
  });

  it("are of failures and of what comes of them alone where the setting says so", async () => {
    const { notifications } = stage.workbench;
    await setLevel("failures", "manual");
    await stage.enqueue("fine.md");
    await stage.status("Phase 1: Fine", "completed");
    await stage.enqueue("some.md");
    const paused = "The queue is paused: 3 phases failed within 60 seconds";
    await notifications.notification(paused).waitFor();
    await notifications
      .notification(/of "Some are told" failed|phases failed: /)
      .first()
      .waitFor();
    assert.deepEqual(
      (await notifications.texts()).filter((text) => /is done/.test(text)),
      [],
    );
    await notifications.press(paused, "Resume");
    await stage.workbench.page.getByText("Resume to go on").waitFor({ state: "hidden" });
    for (const phase of ["Phase 1: One", "Phase 2: Two", "Phase 3: Three"]) {
      await stage.status(phase, "failed");
    }
  });

  it("are none where the setting says so", async () => {
    const { notifications } = stage.workbench;
    await setLevel("none", "external");
    await stage.enqueue("none.md");
    await stage.status("Phase 1: Untold", "failed");
    stage.write("go");
    // When this one has ended, the failure would have been told long since.
    await stage.status("Phase 2: Later", "completed");
    assert.deepEqual(
      (await notifications.texts()).filter((text) => /failed|is done|paused/.test(text)),
      [],
    );
  });
});
