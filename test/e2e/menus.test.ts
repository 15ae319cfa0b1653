import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Locator } from "playwright-core";
import { eventually } from "../support/eventually";
import { patience, plan, Stage } from "./stage";

describe("Enqueue Phases in the workbench", function () {
  this.timeout(patience);

  let stage: Stage;

  before(async () => {
    stage = await Stage.open({
      "text.md": plan("From the text", [["Text", "echo text >> done.txt"]]),
      "title.md": plan("From the title", [["Title", "echo title >> done.txt"]]),
      "tab.md": plan("From the tab", [["Tab", "echo tab >> done.txt"]]),
      "runner.md": plan("With another runner", [["Look", "echo look >> done.txt"]]),
      "notes.txt": "Nothing to see here.\n",
    });
  });
  after(() => stage.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) {
      await stage.workbench.screenshot(`failed ${this.currentTest.title}`);
    }
  });

  const entries = (): Locator =>
    stage.workbench.page.locator(".monaco-menu:visible").getByRole("menuitem");

  /** Opens a menu by a click, again where the workbench was not ready for it. */
  async function openMenu(target: Locator, button: "left" | "right"): Promise<void> {
    await eventually("the menu is open", async () => {
      await target.click({ button, timeout: 3000 }).catch(() => undefined);
      return entries()
        .first()
        .waitFor({ timeout: 3000 })
        .then(
          () => true,
          () => false,
        );
    });
  }

  /** Takes Enqueue Phases from the menu that is open, and enqueues what is shown. */
  async function enqueueFromMenu(name: string): Promise<void> {
    const { tree, quickInput, page } = stage.workbench;
    await tree.chooseFromOpenMenu("Enqueue Phases");
    await page.getByText(`Enqueue Phases: ${name}`).waitFor();
    await quickInput.choose("Enqueue ");
  }

  const line = (text: string): Locator =>
    stage.workbench.page.locator(".editor-instance .view-line", { hasText: text }).first();
  const moreActions = (): Locator =>
    stage.workbench.page
      .locator('.editor-actions .action-label[aria-label^="More Actions"]')
      .first();

  it("is in the context menu of a plan's text", async () => {
    await stage.openFile("text.md");
    await openMenu(line("Phase 1: Text"), "right");
    await stage.workbench.screenshot("menu of the text");
    await enqueueFromMenu("text.md");
    await stage.status("Phase 1: Text", "completed");
  });

  it("is in the menu of a plan editor's title", async () => {
    await stage.openFile("title.md");
    await openMenu(moreActions(), "left");
    await enqueueFromMenu("title.md");
    await stage.status("Phase 1: Title", "completed");
  });

  it("is in the context menu of a plan's tab, and means that plan whichever is shown", async () => {
    await stage.openFile("tab.md");
    await stage.openFile("title.md");
    await openMenu(stage.workbench.page.locator(".tab", { hasText: "tab.md" }), "right");
    await enqueueFromMenu("tab.md");
    await stage.status("Phase 1: Tab", "completed");
    assert.equal(readFileSync(stage.file("done.txt"), "utf8"), "text\ntitle\ntab\n");
  });

  it("is in no menu of what is no Markdown", async () => {
    const { page } = stage.workbench;
    await stage.openFile("notes.txt");
    const tab = page.locator(".tab", { hasText: "notes.txt" });
    for (const [target, button] of [
      [line("Nothing to see"), "right"],
      [moreActions(), "left"],
      [tab, "right"],
    ] as const) {
      await openMenu(target, button);
      assert.equal(await entries().filter({ hasText: "Enqueue Phases" }).count(), 0);
      await page.keyboard.press("Escape");
      await page.locator(".monaco-menu:visible").waitFor({ state: "hidden" });
    }
  });

  it("runs the phases that name no runner with the one that is chosen in the preview", async () => {
    const { quickInput, page } = stage.workbench;
    await stage.preview("runner.md");
    await quickInput.choose("Runner: shell");
    await page.getByText("Runner of phases that name none: runner.md").waitFor();
    await quickInput.type("manual");
    await quickInput.choose("manual");
    await page.locator(".quick-input-widget:visible", { hasText: "Runner: manual" }).waitFor();
    await stage.workbench.screenshot("preview with another runner");
    await quickInput.choose("Enqueue ");
    // The shell would have run it.
    await stage.status("Phase 1: Look", "waiting for a person");
    assert.doesNotMatch(readFileSync(stage.file("done.txt"), "utf8"), /look/);
  });
});
