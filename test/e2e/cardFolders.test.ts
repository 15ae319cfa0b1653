import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { eventually } from "../support/eventually";
import { Card } from "../support/vscode/card";
import { patience, plan, Stage } from "./stage";

describe("the hopper cards of several folders", function () {
  this.timeout(patience);

  let stage: Stage;

  before(async () => {
    stage = await Stage.open(
      {
        "one/one.md": plan("The first", [["Here", "true"]]),
        "two/two.md": plan("The second", [["There", "true"]]),
      },
      { settings: { "phaseHopper.autoStart": false } },
      ["one", "two"],
    );
    for (const name of ["one", "two"]) {
      execFileSync(process.execPath, [resolve("dist/cli.js"), "enqueue", `${name}.md`, "--yes"], {
        cwd: stage.file(name),
        env: { ...stage.environment, CI: "1" },
      });
    }
  });
  after(() => stage.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) {
      await stage.workbench.screenshot(`failed ${this.currentTest.title}`);
    }
  });

  const tabs = (name: string) =>
    stage.workbench.page.locator(".part.editor .tab", { hasText: `Phase Hopper: ${name}` });
  /** Opens the card of a folder, which is asked for. */
  const show = async (name: string): Promise<Card> => {
    const { workbench } = stage;
    const { quickInput } = workbench;
    const question = workbench.page.locator(".quick-input-title", {
      hasText: "Choose the folder whose queue is meant",
    });
    // While the window opens, the question may lose the focus to what comes up, and with it go away.
    await eventually(`the folder of the card is chosen: ${name}`, async () => {
      await quickInput.runCommand("Phase Hopper: Open Hopper");
      const isAsked = await question.waitFor({ timeout: 10_000 }).then(
        () => true,
        () => false,
      );
      if (isAsked) {
        await quickInput.choose(name);
      }
      return isAsked;
    });
    await tabs(name).and(workbench.page.locator(".active")).waitFor();
    await workbench.webview(`.header-title:text-is("${name}")`);
    return Card.find(workbench);
  };

  it("are one for each, with its name and its phases", async () => {
    const one = await show("one");
    await one.locator('.phase[aria-label^="Phase 1 Here"]').waitFor();
    const two = await show("two");
    await two.locator('.phase[aria-label^="Phase 1 There"]').waitFor();
    assert.equal(await two.locator(".phase").count(), 1);
    await show("one");
    assert.equal(await tabs("one").count(), 1);
    assert.equal(await tabs("two").count(), 1);
  });

  it("can load what was built for them, and nothing else of the extension or the folder", async () => {
    const { page } = stage.workbench;
    // Without the page's own policy, which would refuse all of it: the editor has to.
    const session = await page.context().newCDPSession(page);
    await session.send("Page.setBypassCSP", { enabled: true });
    await stage.workbench.quickInput.runCommand("View: Close Editor");
    await tabs("one").waitFor({ state: "detached" });
    const card = await show("one");
    const status = (file: string): Promise<unknown> =>
      card.frame.evaluate(`(async () => {
        const built = new URL("./", document.scripts[document.scripts.length - 1].src);
        const file = ${JSON.stringify(file)};
        const url = new URL(built);
        url.pathname = file.startsWith("/") ? file : built.pathname + file;
        return fetch(url).then(({ status }) => status, (error) => String(error));
      })()`);
    assert.equal(await status("main.css"), 200);
    assert.equal(await status("codicon.ttf"), 200);
    for (const file of [
      "../../package.json",
      "../extension.js",
      stage.file("one/one.md"),
      stage.file("one/.hopper/queue.db"),
      "/etc/hosts",
    ]) {
      assert.notEqual(await status(file), 200, file);
    }
  });
});
