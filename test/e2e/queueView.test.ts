import assert from "node:assert/strict";
import { eventually } from "../support/eventually";
import { patience, plan, Stage } from "./stage";

/** Fails until the file is there. */
const needs = (name: string): string => `echo tried ${name}; test -e ${name}`;

const manual = (title: string, index: number): string =>
  `## Phase ${index + 1}: Step ${title}\n\nRunner: manual\n\nDo step ${title} with care.`;

describe("the Queue view", function () {
  this.timeout(patience);

  let stage: Stage;

  before(async () => {
    stage = await Stage.open({
      "hostile.md": plan(
        String.raw`\[Free money\](command:workbench.action.toggleSidebarVisibility)`,
        [
          [
            String.raw`$(flame) \[Press\](command:workbench.action.toggleSidebarVisibility)`,
            needs("never"),
          ],
          ["Behind it", "true"],
          ["Last", "true"],
        ],
      ),
      "keys.md": "# By keys\n\n## Phase 1: Try\n\nRunner: manual\n\nTry it by keys.\n",
      "first.md": "# First plan\n\n## Phase 1: Look\n\nRunner: manual\n\nLook at it with care.\n",
      "chain.md": ["# Chain", ...["A", "B", "C"].map(manual)].join("\n\n"),
      "second.md": "# Second plan\n\n## Phase 1: Taste\n\nRunner: manual\n\nTaste it with care.\n",
    });
  });
  after(() => stage.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) {
      await stage.workbench.screenshot(`failed ${this.currentTest.title}`);
    }
  });

  /** Presses a button of the view's title, which is there while the pointer is over it. */
  async function pressInTitle(name: string): Promise<void> {
    const { page } = stage.workbench;
    await page
      .locator(".part.sidebar .pane-header, .part.sidebar .composite.title")
      .first()
      .hover();
    await page
      .locator(
        `.part.sidebar .title-actions .action-label[aria-label^="${name}"], .part.sidebar .actions .action-label[aria-label^="${name}"]`,
      )
      .first()
      .click();
  }

  it("takes titles for text wherever it shows them", async () => {
    const { quickInput, notifications, page } = stage.workbench;
    await stage.preview("hostile.md");
    await page.getByText("1: $(flame) [Press](command:").waitFor();
    await quickInput.choose("Enqueue 3 Phases");
    const told = notifications.notification(/Phase 1.*failed/);
    await told.waitFor();
    await stage.workbench.screenshot("hostile titles");
    assert.match(await told.innerText(), /\$\(flame\)/);
    assert.equal(await told.locator(".notification-list-item-message a").count(), 0);
    await stage.row("1: $(flame)").waitFor();
  });

  it("counts what failed on its icon, and tells all of a row to who points at it", async () => {
    const { page } = stage.workbench;
    await page.locator(".part.activitybar .badge-content", { hasText: "1" }).waitFor();
    await stage.row("2: Behind it").hover();
    const hover = page.locator(".workbench-hover, .monaco-hover").filter({ hasText: "Depends on" });
    await hover.first().waitFor();
    assert.match(await hover.first().innerText(), /Phase 2: Behind it[\s\S]*blocked[\s\S]*Phase 1/);
    await stage.workbench.screenshot("tooltip");
  });

  it("says which phases come back with a retry, and keeps each attempt's log", async () => {
    const { tree, quickInput, page } = stage.workbench;
    const said = page.locator(".part.statusbar", { hasText: "no longer blocked: Phases 2 and 3" });
    await tree.pressUntil("1: $(flame)", "Retry", said);
    // It fails again at once, and takes the others down with it.
    await stage.row("2 attempts").waitFor();
    await quickInput.runCommand("Phase Hopper: Show Log of an Earlier Attempt");
    await quickInput.choose("Phase 1: ");
    await quickInput.choose("Attempt 1");
    const terminal = page.locator(".terminal-wrapper.active .xterm-rows");
    await terminal.getByText("tried never").waitFor();
    await terminal.getByText("failed (exit code 1").waitFor();
  });

  it("asks once for several rows, and leaves them where the answer is no", async () => {
    const { page, notifications } = stage.workbench;
    await stage.row("2: Behind it").click();
    await stage.row("3: Last").click({ modifiers: ["ControlOrMeta"] });
    await page.keyboard.press("Delete");
    const dialog = page.locator(".monaco-dialog-box");
    await dialog.getByText("Remove 2 phases?").waitFor();
    await stage.workbench.screenshot("remove several");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await stage.row("3: Last").waitFor();
    await page.keyboard.press("Delete");
    await notifications.pressInDialog("Remove");
    await stage.row("2: Behind it").waitFor({ state: "hidden" });
    await stage.row("3: Last").waitFor({ state: "hidden" });
  });

  it("means the whole queue in its title, whichever row has the focus", async () => {
    const { page, tree } = stage.workbench;
    await stage.enqueue("first.md");
    await stage.status("Phase 1: Look", "waiting for a person");
    await stage.enqueue("second.md");
    await stage.status("Phase 1: Taste", "waiting for a person");
    await stage.row("First plan").click();
    await pressInTitle("Pause Queue");
    await page.getByText("Paused by you. Resume to go on.").waitFor();
    await stage.workbench.screenshot("queue paused");
    await pressInTitle("Resume Queue");
    await page.getByText("Paused by you. Resume to go on.").waitFor({ state: "hidden" });
    await tree.pressInlineAction("First plan", "Pause");
    await stage.workbench.page
      .locator('.part.sidebar .monaco-list-row[aria-label*="First plan"][aria-label*="paused"]')
      .waitFor();
    assert.equal(
      await page
        .locator('.part.sidebar .monaco-list-row[aria-label*="Second plan"][aria-label*="paused"]')
        .count(),
      0,
    );
  });

  it("can be used by keys alone, and says its rows to a screen reader", async () => {
    const { page, quickInput } = stage.workbench;
    await stage.enqueue("keys.md");
    await stage.status("Phase 1: Try", "waiting for a person");
    await quickInput.runCommand("Phase Hopper: Focus on Queue View");
    const focused = page.locator(".part.sidebar .monaco-list-row.focused");
    await page.keyboard.press("End");
    for (let steps = 0; steps < 20; steps += 1) {
      if (/Phase 1: Try/.test((await focused.getAttribute("aria-label")) ?? "")) {
        break;
      }
      await page.keyboard.press("ArrowUp");
    }
    const spoken = (await focused.getAttribute("aria-label")) ?? "";
    assert.match(spoken, /^Phase 1: Try, waiting for a person/);
    await page.keyboard.press("Shift+F10");
    const done = page.locator(".monaco-menu:visible").getByRole("menuitem", { name: "Done" });
    await done.waitFor();
    await stage.workbench.screenshot("menu by keys");
    const chosen = page.locator(".monaco-menu .action-item.focused");
    do {
      await page.keyboard.press("ArrowDown");
    } while (!(await chosen.innerText()).includes("Done"));
    await page.keyboard.press("Enter");
    await quickInput.accept();
    // A plan that is done is closed.
    await stage.row(/By keys.*1\/1/).waitFor();
    const rows = await page.locator(".part.sidebar .monaco-list-row").all();
    const labels = await Promise.all(rows.map((row) => row.getAttribute("aria-label")));
    assert.deepEqual(
      labels.filter((label) => !/^(Plan \d+, |Phase )/.test(label ?? "")),
      [],
    );
  });

  it("shows a log although another phase floods its own", async () => {
    const { page, tree, quickInput } = stage.workbench;
    stage.server.changeSettings({ "phaseHopper.maxConcurrentPhases": 2 });
    stage.write(
      "flood.md",
      [
        "# Flood",
        "## Phase 1: Loud",
        "```sh\nuntil [ -e quiet ]; do seq 1 20000; sleep 0.05; done\n```",
        "## Phase 2: Calm",
        "Depends on: none",
        "```sh\nuntil [ -e quiet ]; do echo still here; sleep 0.2; done\n```",
      ].join("\n\n"),
    );
    await stage.workbench.reloadPage();
    await stage.enqueue("flood.md");
    await tree.openContainer("Phase Hopper");
    await stage.status("Phase 1: Loud", "running");
    await stage.status("Phase 2: Calm", "running");
    const terminal = page.locator(".terminal-wrapper.active .xterm-rows");
    await tree.pressUntil("1: Loud", "Show Log", terminal.getByText(/\d{4}/).first());
    await tree.pressInlineAction("2: Calm", "Show Log");
    await terminal.getByText("still here").first().waitFor();
    await stage.workbench.screenshot("flood");
    stage.write("quiet");
    await stage.status("Phase 1: Loud", "completed");
    await terminal.getByText("completed (exit code 0").waitFor();
    await eventually("the palette still answers", async () => {
      await quickInput.runCommand("Phase Hopper: Clear Completed");
      return true;
    });
    await stage.row("Flood").waitFor({ state: "hidden" });
  });

  it("takes a note on what failed, and shows it", async () => {
    const { page, tree, quickInput } = stage.workbench;
    await tree.openContainer("Phase Hopper");
    const question = page.getByText("Phase 1: Taste: Failed");
    await tree.pressUntil("1: Taste", "Failed", question);
    await quickInput.type("the salt is missing");
    await quickInput.accept();
    await stage.row("the salt is missing").waitFor();
  });

  it("asks what becomes of a phase whose dependency is removed", async () => {
    const { page, tree, notifications } = stage.workbench;
    await stage.enqueue("chain.md");
    await stage.status("Phase 3: Step C", "queued");
    await tree.chooseUntil("2: Step B", "Remove", page.locator(".monaco-dialog-box"));
    await notifications.pressInDialog("Remove and Drop the Dependency");
    await stage.row("2: Step B").waitFor({ state: "hidden" });
    await stage.status("Phase 3: Step C", "waiting for a person");
  });
});
