import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { eventually } from "../support/eventually";
import { Card } from "../support/vscode/card";
import { patience, plan, Stage } from "./stage";

/** Runs until the file appears. */
const held = (name: string): string => `until [ -e ${name} ]; do sleep 0.1; done`;

const hostile =
  '<img src=x onerror="document.title=1"> <b>bold</b> \u001b[31mred\u001b[0m \u202eturned';

/** In a heading, where a tag that is not escaped is a tag and no part of the title. */
const hostileTitle = hostile.replaceAll("<", "\\<");

describe("the hopper card", function () {
  this.timeout(patience);

  let stage: Stage;
  let card: Card;

  const phase = (name: string): string => `.phase[aria-label^="${name}"]`;
  const badgeBecomes = (name: string, status: string): Promise<void> =>
    card.locator(`${phase(name)} .badge`, status).waitFor({ timeout: 60_000 });
  const showTab = async (name: "inProgress" | "completed" | "timeline"): Promise<void> => {
    await card.locator(`#tab-${name}`).click();
    await card.locator(`#tab-${name}[aria-selected="true"]`).waitFor();
  };
  /** Waits for the row that begins so to have the focus. */
  const focusIsOn = (name: string): Promise<void> =>
    card.locator(`[data-row][aria-label^="${name}"]:focus`).waitFor();

  /** Scrolls the list, and waits until it stands there. */
  const scrollTo = async (pixels: number): Promise<void> => {
    await card.frame.evaluate(`new Promise((resolve, reject) => {
      const scroller = document.querySelector(".scroller");
      if (scroller.scrollHeight < scroller.clientHeight + ${pixels}) {
        reject(new Error("There is not so much to scroll."));
      }
      scroller.addEventListener("scrollend", resolve, { once: true });
      scroller.scrollTop = ${pixels};
    }).then(() => undefined)`);
  };
  /** Pixels from the upper edge of what is seen. */
  const placeOf = async (name: string): Promise<number> =>
    Number(
      await card.frame.evaluate(`
        document.querySelector('${phase(name)}').getBoundingClientRect().top -
          document.querySelector(".scroller").getBoundingClientRect().top`),
    );

  before(async () => {
    stage = await Stage.open(
      {
        "release.md": plan("Release the library", [
          ["Build it", `printf '\\033[32mgreen\\033[0m <i>line</i>\\n'; ${held("built.go")}`],
          ["Test it", "for i in 1 2 3; do echo line $i; done; echo broken >&2; test -e mended.txt"],
          ["Ship it", held("shipped.go")],
          ["Tell it", "echo told"],
        ]),
        "review.md":
          "# Review\n\n## Phase 1: Look\n\nRunner: manual\n\nLook at it with care, see notes/a.md and [b](a.md).\n\n" +
          "## Phase 2: Decide\n\nRunner: manual\n\nDecide with care.\n",
        "hostile.md": plan(`Plan ${hostileTitle}`, [
          [hostileTitle, `echo '${hostile}' >&2; exit 3`],
        ]),
        "a.md": "# A document\n",
      },
      // What is held open keeps nothing else from running.
      { settings: { "phaseHopper.maxConcurrentPhases": 2 } },
    );
  });
  after(() => stage.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) {
      await stage.workbench.screenshot(`failed ${this.currentTest.title}`);
    }
  });

  it("opens by its command and says what to do while there is nothing", async () => {
    card = await Card.open(stage.workbench);
    await card.locator(".empty-title", "Queue Empty").waitFor();
    await card.locator("vscode-button", "Enqueue Phases…").waitFor();
    await card.screenshot("empty dark");
  });

  it("shows a plan while it runs, pushed and not asked for", async () => {
    await stage.enqueue("release.md");
    await badgeBecomes("Phase 1 Build it", "running");
    await badgeBecomes("Phase 2 Test it", "queued");
    await card.locator(".headline", /Phase 1 runs for \d+:\d\d/).waitFor();
    await card.locator(".header-counts", "4 in progress • 0 completed").waitFor();
    await card.locator(`${phase("Phase 2 Test it")} .phase-facts`, "After Phase 1").waitFor();
  });

  it("is one per folder, from the view's title and from the status bar too", async () => {
    const { page, tree } = stage.workbench;
    await tree.openContainer("Phase Hopper");
    await page.locator('.part.sidebar .action-label[aria-label="Open Hopper"]').first().click();
    await page.locator(".part.statusbar a", { hasText: "Phase 1" }).click();
    await card.locator(phase("Phase 1 Build it")).waitFor();
    assert.equal(await page.locator(".part.editor .tab", { hasText: "Phase Hopper" }).count(), 1);
  });

  it("follows the output of a running phase, with its colours, as text", async () => {
    await card
      .locator(`${phase("Phase 1 Build it")} [aria-expanded="false"]`)
      .first()
      .click();
    const line = card.locator(`${phase("Phase 1 Build it")} .log-line`, "green");
    await line.waitFor();
    assert.equal(await line.textContent(), "green <i>line</i>");
    assert.equal(await line.locator("i").count(), 0);
    const steps = card.locator(`${phase("Phase 1 Build it")} .step`);
    await steps.locator(".step-command", { hasText: /sh -e .*1\.sh$/ }).waitFor();
    await steps.locator(".step-source", { hasText: /^printf .*green/ }).waitFor();
    assert.equal(await steps.count(), 1);
  });

  it("shows before the first attempt what will be run", async () => {
    const queued = phase("Phase 4 Tell it");
    await card.locator(`${queued} [aria-expanded="false"]`).first().click();
    await card.locator(`${queued} dt`, "To be run").waitFor();
    await card.locator(`${queued} .step-source`, /^echo told$/).waitFor();
    await card.locator(`${queued} [aria-expanded="true"]`).first().click();
  });

  it("pauses and resumes by a button that shows what the queue's owner answered", async () => {
    // While it asks, the button cannot be pressed.
    const pause = card.locator('vscode-button.pause:not([aria-disabled="true"])');
    await pause.click();
    await card.locator('vscode-button.pause[aria-label^="Resume"]').waitFor();
    await card.locator(".banner", /paused by you/i).waitFor();
    await card.locator(".headline", /^Paused by you; Phase 1 runs for/).waitFor();
    await pause.waitFor();
    // By keys too, one after the other: it keeps the focus while it asks.
    await stage.workbench.page.keyboard.press("Enter");
    await card.locator('vscode-button.pause[aria-label^="Pause"]').waitFor();
    await pause.waitFor();
    await stage.workbench.page.keyboard.press("Space");
    await card.locator('vscode-button.pause[aria-label^="Resume"]').waitFor();
    await pause.waitFor();
    await stage.workbench.page.keyboard.press("Enter");
    await card.locator('vscode-button.pause[aria-label^="Pause"]').waitFor();
  });

  it("hands the focus of a phase that leaves the tab on, with the last one to the tab itself", async () => {
    await card.locator(phase("Phase 2 Test it")).focus();
    stage.write("built.go");
    // It fails, and all behind it is blocked.
    await card.locator(".empty-title", "Queue Empty").waitFor({ timeout: 60_000 });
    await card.locator("#tab-inProgress:focus").waitFor();
    await card.locator('[role="alert"]', "Phase 2 Test it: failed").waitFor({
      state: "attached",
    });
  });

  it("says why a phase failed and what it blocks, with its last lines", async () => {
    await showTab("completed");
    await badgeBecomes("Phase 2 Test it", "failed");
    await badgeBecomes("Phase 1 Build it", "completed");
    await badgeBecomes("Phase 3 Ship it", "blocked");
    const failed = phase("Phase 2 Test it");
    await card.locator(`${failed} .phase-detail`, "exited with code 1").waitFor();
    await card.locator(`${failed} [aria-expanded="false"]`).first().click();
    await card.locator(`${failed} .log-line`, "broken").waitFor();
    await card.locator(`${failed} vscode-button`, "Show Whole Log").waitFor();
  });

  it("retries a failed phase, after it said what comes back", async () => {
    const retry = card.locator(
      `${phase("Phase 2 Test it")} .word-button[title="Retry: brings back Phases 3 and 4"]`,
    );
    await retry.waitFor();
    stage.write("mended.txt");
    await retry.click();
    await badgeBecomes("Phase 2 Test it", "completed");
    await showTab("inProgress");
    await badgeBecomes("Phase 3 Ship it", "running");
  });

  it("can be used by the keyboard alone", async () => {
    const { page, quickInput } = stage.workbench;
    const press = (key: string): Promise<void> => page.keyboard.press(key);
    await stage.enqueue("review.md");
    await badgeBecomes("Phase 1 Look", "waiting for a person");
    // A click brings the keyboard into the card; all else is keys.
    await showTab("inProgress");
    await press("ArrowRight");
    await card.locator('#tab-completed[aria-selected="true"]').waitFor();
    await press("ArrowLeft");
    await card.locator('#tab-inProgress[aria-selected="true"]').waitFor();
    await press("Tab");
    await focusIsOn("P");
    await press("Home");
    await focusIsOn("Plan 1, Release the library");
    await press("ArrowDown");
    await focusIsOn("Phase 3 Ship it, running");
    await press("End");
    await focusIsOn("Phase 2 Decide");
    await press("ArrowLeft");
    await focusIsOn("Plan 2, Review");
    await press("ArrowDown");
    await press("ArrowRight");
    await card.locator(`${phase("Phase 1 Look")}.phase-expanded .facts`).waitFor();
    await press("ArrowLeft");
    await card.locator(`${phase("Phase 1 Look")}.phase-expanded`).waitFor({ state: "detached" });
    await press("Shift+F10");
    await card.locator('.menu [role="menuitem"]:focus', "Done").waitFor();
    await press("Escape");
    await focusIsOn("Phase 1 Look");
    await press("Shift+F10");
    await press("Enter");
    await page.getByText("Phase 1: Look: Done").waitFor();
    await quickInput.type("looked well");
    await quickInput.accept();
    await badgeBecomes("Phase 2 Decide", "waiting for a person");
    await card.locator(phase("Phase 2 Decide")).focus();
    await press("Enter");
    await page.locator(".part.editor .tab.active", { hasText: "review.md" }).waitFor();
    await page.locator(".part.editor .tab", { hasText: "Phase Hopper" }).click();
    await card.findAgain();
  });

  it("says when what was asked for cannot be done, and goes on", async () => {
    await showTab("completed");
    await card
      .locator(`${phase("Phase 1 Look")} [aria-expanded="false"]`)
      .first()
      .click();
    await card.locator(`${phase("Phase 1 Look")} .link`, "notes/a.md").click();
    await card.locator(".banner-error", "notes/a.md is not a file").waitFor();
    await card.locator(".banner-error vscode-button", "Dismiss").click();
    await card.locator(".banner-error").waitFor({ state: "detached" });
  });

  it("opens a document that the phase refers to", async () => {
    const { page } = stage.workbench;
    await card.locator(`${phase("Phase 1 Look")} .facts .link`, /^a\.md$/).click();
    await page.locator(".part.editor .tab.active", { hasText: "a.md" }).waitFor();
    await page.locator(".part.editor .tab", { hasText: "Phase Hopper" }).click();
    await card.findAgain();
  });

  it("shows titles, errors and output full of markup and control characters as text", async () => {
    await stage.enqueue("hostile.md");
    const failed = card.locator('.phase[aria-label*="onerror"]');
    await failed.locator(".badge", { hasText: "failed" }).waitFor({ timeout: 60_000 });
    // What is out of sight is drawn, though not laid out.
    const title = (await failed.locator(".phase-title").textContent()) ?? "";
    assert.match(title, /<img src=x onerror/);
    assert.doesNotMatch(title, /[\p{Cc}\u202e]/u);
    await failed.locator("[aria-expanded]").first().click();
    await failed.locator(".log-line", { hasText: "<b>bold</b>" }).waitFor();
    assert.equal(await card.locator("img, .phase b, .log b").count(), 0);
    assert.equal(await card.frame.evaluate("document.title"), "Phase Hopper");
    await card.screenshot("hostile dark");
  });

  it("is as it was after a reload of the window", async () => {
    const { workbench } = stage;
    await card.locator(`${phase("Phase 1 Build it")} .phase-title`).waitFor();
    // As the editor scrolls to what it found: without the reader's hand.
    await scrollTo(260);
    const before = await placeOf("Phase 2 Test it");
    await workbench.quickInput.runCommand("Developer: Reload Window");
    await workbench.page.waitForLoadState("load");
    await workbench.waitUntilUp();
    card = await Card.find(workbench);
    await card.locator('#tab-completed[aria-selected="true"]').waitFor();
    await card.locator(`${phase("Phase 1 Look")}.phase-expanded`).waitFor();
    assert.equal(
      await workbench.page.locator(".part.editor .tab", { hasText: "Phase Hopper" }).count(),
      1,
    );
    // Above it stands what comes bit by bit: details, output.
    await eventually("it is scrolled to where it was", async () => {
      return Math.abs((await placeOf("Phase 2 Test it")) - before) < 3;
    });
    stage.write("shipped.go");
    await badgeBecomes("Phase 4 Tell it", "completed");
    assert.match(readFileSync(stage.file("a.md"), "utf8"), /A document/);
  });
});
