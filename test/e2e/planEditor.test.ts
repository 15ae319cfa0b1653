import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Card } from "../support/vscode/card";
import { patience, plan, Stage } from "./stage";

const shipping = `# Ship the library

What everybody who works on it must know.

## Phase 1: Build

\`\`\`sh
echo built
\`\`\`

## Phase 2: Test
Timeout: 5m

\`\`\`sh
echo testing; test -e fixed.txt
\`\`\`

## Phase 3: Write the notes
Depends on: Phase 1
Runner: manual

Write what has changed into NOTES.md.

## Phase 4: Publish
Depends on: Phase 2, 3

\`\`\`sh
echo published
\`\`\`
`;

describe("a plan in the editor of the workbench", function () {
  this.timeout(patience);

  let stage: Stage;

  before(async () => {
    stage = await Stage.open(
      {
        "ship.md": shipping,
        "draft.md":
          "# A draft\n\n## Phase 2: Test\nRunner: cluade\n\nTest what Phase 1 builds.\n\n" +
          "## Phase 4: Ship\nDepends on: Tset\n\nShip it to everybody.\n",
        "README.md": "# Readme\n\nNothing to see here.\n",
      },
      { settings: { "files.autoSave": "off", "editor.minimap.enabled": false } },
    );
  });
  after(() => stage.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) {
      await stage.workbench.screenshot(`failed ${this.currentTest.title}`);
    }
  });

  const lens = (text: string | RegExp) =>
    stage.workbench.page.locator(".codelens-decoration a", { hasText: text }).first();

  async function clickLens(text: string | RegExp): Promise<void> {
    await lens(text).click();
  }

  /** Leaves phases of these statuses out of the tree. */
  async function hide(...statuses: readonly string[]): Promise<void> {
    const { quickInput, page } = stage.workbench;
    await quickInput.runCommand("Phase Hopper: Filter by Status");
    await quickInput.rows();
    for (const status of statuses) {
      await quickInput.toggle(status);
    }
    // Enter would toggle the box that has the focus.
    await page.locator(".quick-input-widget:visible").getByRole("button", { name: "OK" }).click();
  }

  it("leaves other Markdown as it is", async () => {
    await stage.openFile("README.md");
    await stage.workbench.page.waitForTimeout(1000);
    assert.equal(await stage.workbench.page.locator(".codelens-decoration a").count(), 0);
  });

  it("has its problems underlined and listed, each with its fixes", async () => {
    const { page, quickInput } = stage.workbench;
    await stage.openFile("draft.md");
    await page.locator(".squiggly-error").first().waitFor();
    await quickInput.runCommand("View: Toggle Problems");
    await page.locator(".markers-panel", { hasText: "There is no phase" }).waitFor();
    await stage.workbench.screenshot("editor, problems");
    await page.locator(".view-line", { hasText: "Depends on" }).first().click();
    await page.keyboard.press("Control+.");
    await page.locator(".action-widget", { hasText: "Phase 2: Test" }).waitFor();
    await stage.workbench.screenshot("editor, quick fix");
    await page.keyboard.press("Enter");
    await page.locator(".view-line", { hasText: "Depends on: Phase 2" }).waitFor();
    await page.keyboard.press("Control+s");
    await quickInput.runCommand("View: Hide Panel");
    await page.locator(".markers-panel").waitFor({ state: "hidden" });
  });

  it("is enqueued above its title, and shows its phases' states from then on", async () => {
    const { page, quickInput, notifications } = stage.workbench;
    await stage.openFile("ship.md");
    await clickLens("Enqueue Phases");
    await quickInput.rows();
    await page.waitForTimeout(500);
    await stage.workbench.screenshot("editor, preview");
    await quickInput.choose("Enqueue 4 Phases");
    await stage.status("Phase 2: Test", "failed");
    await lens(/^\s*failed/).waitFor();
    await lens("Retry").waitFor();
    await lens("Done").waitFor();
    await lens(/1 of 4 completed/).waitFor();
    await page.locator(".cgmr").nth(3).waitFor();
    await notifications.notification(/Phase 2: Test of "[^"]+" failed/).waitFor();
    await quickInput.runCommand("Notifications: Clear All Notifications");
    await stage.workbench.screenshot("editor, states");
    await stage.workbench.tree.openContainer("Explorer");
    await page
      .locator(
        '.explorer-item[aria-label*="Plan: 1 failed"], .monaco-list-row[aria-label*="1 failed"]',
      )
      .first()
      .waitFor();
    await stage.workbench.screenshot("editor, explorer");
  });

  it("says more in the hover of a heading", async () => {
    const { page } = stage.workbench;
    const heading = page.locator(".view-line", { hasText: "Phase 2: Test" }).first();
    await heading.hover({ position: { x: 60, y: 8 } });
    const hover = page.locator(".monaco-hover:visible", { hasText: "Attempt 1: failed" });
    await hover.waitFor();
    await stage.workbench.screenshot("editor, hover");
    await hover.getByText("Retry").waitFor();
    await page.keyboard.press("Escape");
  });

  it("shows what was changed beside what is stored, and takes it over", async () => {
    const { page, quickInput } = stage.workbench;
    await page.locator(".view-line", { hasText: "echo published" }).first().click();
    await page.keyboard.press("End");
    await page.keyboard.type("; date > published.txt");
    await lens("Text differs").waitFor();
    await page.keyboard.press("Control+Home");
    await lens("1 phase differs").waitFor();
    await stage.workbench.screenshot("editor, text differs");
    await clickLens("Text differs");
    await page
      .locator(".monaco-diff-editor .line-insert, .monaco-diff-editor .char-insert")
      .first()
      .waitFor();
    await stage.workbench.screenshot("editor, comparison");
    await quickInput.runCommand("View: Close Editor");
    await stage.openFile("ship.md");
    await clickLens("Update from File…");
    assert.match((await quickInput.rows())[0] ?? "", /Phase 4: Publish/);
    await page.waitForTimeout(500);
    await stage.workbench.screenshot("editor, update");
    await quickInput.accept();
    await lens("Text differs").waitFor({ state: "hidden" });
    await page.keyboard.press("Control+s");
  });

  it("is put before another one, and its phases are filtered", async () => {
    const { tree, quickInput } = stage.workbench;
    stage.write(
      "second.md",
      plan("Second plan", [["Wait", "true"]]).replace("```sh", "Runner: manual\n\n```sh"),
    );
    await stage.enqueue("second.md");
    await stage.status("Phase 1: Wait", "waiting for a person");
    await tree.openContainer("Phase Hopper");
    const titles = async (): Promise<string[]> =>
      (await tree.texts()).filter((text) => /^(?:Ship the library|Second plan)/.test(text));
    assert.match((await titles())[0] ?? "", /^Ship/);
    await tree.chooseFromMenu("Second plan", "Start Earlier");
    for (let looks = 0; !(await titles())[0]?.startsWith("Second"); looks += 1) {
      assert.ok(looks < 100, "the plan was not moved");
      await stage.workbench.page.waitForTimeout(100);
    }
    await hide("queued", "ready", "running", "completed", "blocked");
    await stage.row("4: Publish").waitFor({ state: "hidden" });
    await stage.row("2: Test").waitFor();
    await stage.workbench.screenshot("tree, filtered");
    await quickInput.runCommand("Phase Hopper: Show All Statuses");
    await stage.row("4: Publish").waitFor();
    await hide("running", "completed", "blocked", "failed");
    const nothing = stage.workbench.page.getByText("No phase has a status that is shown.");
    await nothing.waitFor();
    await stage.row("2: Test").waitFor({ state: "hidden" });
    await quickInput.runCommand("Phase Hopper: Show All Statuses");
    await stage.row("2: Test").waitFor();
    await nothing.waitFor({ state: "hidden" });
  });

  it("is said in the queue and on the card to differ while no editor shows its file", async () => {
    const { page, quickInput, tree } = stage.workbench;
    await quickInput.runCommand("View: Close All Editors");
    const text = readFileSync(stage.file("ship.md"), "utf8");
    stage.write("ship.md", text.replace("echo published", "echo out"));
    await tree.openContainer("Phase Hopper");
    await page
      .locator('.part.sidebar .monaco-list-row[aria-label*="differs from the file"]')
      .waitFor();
    await stage.workbench.screenshot("tree, differs");
    const card = await Card.open(stage.workbench);
    await card.locator(".plan > .differs", "1 phase differs").waitFor();
    // The phase that differs is blocked.
    await card.locator("#tab-completed").click();
    const note = card.locator(".phase .differs", "Differs from the file");
    await note.waitFor();
    await stage.workbench.screenshot("card, differs");
    await note.getByRole("button", { name: "Update from File" }).click();
    await note.waitFor({ state: "hidden" });
  });

  it("is explained by a walkthrough with pictures", async () => {
    const { quickInput, page } = stage.workbench;
    await quickInput.runCommand("Welcome: Open Walkthrough...");
    await quickInput.choose("Get started with Phase Hopper");
    await page.locator(".gettingStartedContainer", { hasText: "Write a plan" }).waitFor();
    await page.waitForTimeout(2000);
    await stage.workbench.screenshot("walkthrough");
    await quickInput.runCommand("View: Close Editor");
  });

  it("looks right in every theme", async () => {
    await stage.workbench.quickInput.runCommand("View: Close All Editors");
    await stage.openFile("ship.md");
    for (const theme of ["light", "highContrast", "dark"] as const) {
      await stage.workbench.pickTheme(theme);
      await lens("Retry").waitFor();
      await stage.workbench.screenshot(`editor, ${theme}`);
    }
  });
});
