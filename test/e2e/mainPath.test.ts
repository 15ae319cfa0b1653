import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { eventually } from "../support/eventually";
import { patience, plan, Stage } from "./stage";

describe("a plan in the workbench", function () {
  this.timeout(patience);

  let stage: Stage;

  before(async () => {
    stage = await Stage.open({
      "release.md": plan("Release the library", [
        ["Build it", "echo building; echo built >> built.txt"],
        ["Test it", "echo testing; test -e built.txt; echo tested >> tested.txt"],
      ]),
      "failing.md": plan("Repair it", [
        ["Try", "echo tried >> tries.txt; test -e mended.txt"],
        ["Finish", "echo finished > finished.txt"],
      ]),
      "broken.md":
        "# Broken\n\n## Phase 1: Nothing\n\nNothing to run here.\n\n## Phase 3: Gap\n\nNor here.\n",
    });
  });
  after(() => stage.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) {
      await stage.workbench.screenshot(`failed ${this.currentTest.title}`);
    }
  });

  it("begins with a welcome that says what to do", async () => {
    const { tree, page } = stage.workbench;
    await tree.openContainer("Phase Hopper");
    await page.getByRole("button", { name: "Enqueue Phases" }).first().waitFor();
    await stage.workbench.screenshot("welcome");
  });

  it("with errors is shown with its problems, and nothing of it is stored", async () => {
    const { quickInput } = stage.workbench;
    await stage.preview("broken.md");
    const rows = await quickInput.rows();
    assert.match(rows[0] ?? "", /Not enqueued: the plan has \d errors/);
    assert.ok(rows.some((row) => /Phase 2 is missing/.test(row)));
    await stage.workbench.screenshot("preview of a plan with errors");
    await quickInput.choose("Phase 2 is missing");
    await stage.workbench.page.locator(".tab", { hasText: "broken.md" }).waitFor();
    assert.equal(stage.has(".hopper"), false);
  });

  it("is enqueued by a right-click, runs to its end, and says so", async () => {
    const { quickInput, notifications } = stage.workbench;
    await stage.preview("release.md");
    const rows = await quickInput.rows();
    assert.match(rows[0] ?? "", /Enqueue 2 Phases/);
    assert.ok(rows.some((row) => /2: Test it.*after Phase 1/.test(row)));
    await stage.workbench.screenshot("preview");
    await quickInput.choose("Enqueue 2 Phases");
    await stage.status("Phase 1: Build it", "completed");
    await stage.status("Phase 2: Test it", "completed");
    await notifications.notification("all 2 phases are completed").waitFor();
    assert.equal(readFileSync(stage.file("built.txt"), "utf8"), "built\n");
    assert.equal(readFileSync(stage.file("tested.txt"), "utf8"), "tested\n");
    await stage.workbench.screenshot("completed");
  });

  it("shows the output of a phase in a terminal", async () => {
    const { tree, page } = stage.workbench;
    await tree.pressInlineAction("2: Test it", "Show Log");
    const terminal = page.locator(".terminal-wrapper.active .xterm-rows");
    await terminal.getByText("testing").waitFor();
    await terminal.getByText("completed (exit code 0").waitFor();
    await stage.workbench.screenshot("log");
  });

  it("that fails blocks what is behind it, tells it, and goes on after a retry", async () => {
    const { notifications, page } = stage.workbench;
    await stage.enqueue("failing.md");
    await stage.status("Phase 1: Try", "failed");
    await stage.status("Phase 2: Finish", "blocked");
    await notifications.notification(/Phase 1: Try of "[^"]+" failed/).waitFor();
    await page.locator('.part.statusbar a[aria-label*="Phase 1"][aria-label*="failed"]').waitFor();
    await page.locator(".part.activitybar .badge-content", { hasText: "1" }).waitFor();
    stage.write("mended.txt");
    await stage.workbench.tree.openContainer("Phase Hopper");
    const mended = stage.phase("Phase 1: Try", "completed");
    await stage.workbench.tree.pressUntil("1: Try", "Retry", mended);
    await stage.status("Phase 2: Finish", "completed");
    assert.equal(readFileSync(stage.file("tries.txt"), "utf8"), "tried\ntried\n");
    await eventually("the second phase ran", () => stage.has("finished.txt"));
  });

  it("is asked about when it is enqueued again unfinished, and can be removed", async () => {
    const { tree, notifications, quickInput, page } = stage.workbench;
    await tree.openContainer("Phase Hopper");
    await quickInput.runCommand("Phase Hopper: Clear Completed");
    await stage.row("Release the library").waitFor({ state: "hidden" });
    stage.write(
      "waits.md",
      "# Waits\n\n## Phase 1: Look\n\nRunner: manual\n\nLook at it with care.\n",
    );
    await stage.enqueue("waits.md");
    await stage.status("Phase 1: Look", "waiting for a person");
    await stage.enqueue("waits.md");
    await notifications.pressInDialog("Continue");
    await stage.status("Phase 1: Look", "waiting for a person");
    await tree.pressUntil("1: Look", "Done", page.getByText("Phase 1: Look: Done"));
    await quickInput.accept();
    await stage.status("Phase 1: Look", "completed");
  });

  it("is replaced, or enqueued as a second copy, where that is asked for", async () => {
    const { tree, notifications, quickInput } = stage.workbench;
    const copies = async (): Promise<number> =>
      (await tree.texts()).filter((text) => text.startsWith("Twice")).length;
    await quickInput.runCommand("Phase Hopper: Pause");
    stage.write("twice.md", plan("Twice", [["Old", "true"]]));
    await stage.enqueue("twice.md");
    await stage.status("Phase 1: Old", "ready");
    stage.write("twice.md", plan("Twice", [["New", "true"]]));
    await stage.enqueue("twice.md");
    await notifications.pressInDialog("Replace");
    await stage.status("Phase 1: New", "ready");
    await stage.row("1: Old").waitFor({ state: "hidden" });
    assert.equal(await copies(), 1);
    await stage.enqueue("twice.md");
    await notifications.pressInDialog("Enqueue a Second Copy");
    await eventually("it is there twice", async () => {
      await tree.openContainer("Phase Hopper");
      return (await copies()) === 2;
    });
    await quickInput.runCommand("Phase Hopper: Resume");
    await eventually("both ran", async () => {
      const texts = await tree.texts();
      return texts.filter((text) => /^Twice.*1\/1/.test(text)).length === 2;
    });
  });

  // Last, since each theme loads the page anew.
  it("is shown in every theme", async () => {
    stage.write(
      "again.md",
      plan("Fails", [
        ["Fail", "exit 3"],
        ["Behind it", "true"],
      ]),
    );
    await stage.enqueue("again.md");
    for (const theme of ["light", "highContrast", "dark"] as const) {
      await stage.workbench.useTheme(theme);
      await stage.workbench.tree.openContainer("Phase Hopper");
      await stage.status("Phase 1: Fail", "failed");
      await stage.status("Phase 2: Behind it", "blocked");
      await stage.workbench.screenshot(`failed, ${theme}`);
    }
  });
});
