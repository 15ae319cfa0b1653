import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { eventually } from "../support/eventually";
import { patience, plan, Stage } from "./stage";

/** A plan whose phases wait for nothing, so that only their order says which one starts. */
const independent = (title: string, mark: string): string =>
  plan(
    title,
    ["a", "b", "c"].map((name): [string, string] => [
      `Step ${mark}${name}`,
      `echo ${mark}${name} >> order`,
    ]),
  ).replaceAll(/^(## Phase .*)$/gm, "$1\n\nDepends on: none");

describe("the order of starting in the Queue view", function () {
  this.timeout(patience);

  let stage: Stage;

  const titles = async (): Promise<string[]> =>
    (await stage.workbench.tree.texts()).flatMap(
      (text) => /^(?:Early|Late) plan/.exec(text)?.[0] ?? [],
    );
  /** Until it is so: a row that is redrawn while it is dragged is not dropped. */
  const drag = async (from: string, to: string, isDone: () => Promise<boolean>): Promise<void> => {
    await eventually(`${from} is dragged to ${to}`, async () => {
      if (!(await isDone())) {
        await stage.workbench.tree.drag(from, to);
      }
      return eventually("it is moved", isDone, 2000).catch(() => false);
    });
  };
  const isSaid = (text: RegExp) => (): Promise<boolean> =>
    stage.workbench.page.locator(".part.statusbar", { hasText: text }).isVisible();

  before(async () => {
    stage = await Stage.open({
      "early.md": independent("Early plan", "1"),
      "late.md": independent("Late plan", "2"),
      // Holds the only slot for processes while the others are put in order.
      "first.md": plan("First", [["Hold", "until [ -e go ]; do sleep 0.1; done"]]),
    });
    await stage.enqueue("first.md");
    await stage.status("Phase 1: Hold", "running");
    await stage.enqueue("early.md");
    await stage.enqueue("late.md");
    await stage.row("Late plan").waitFor();
  });
  after(() => stage.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) {
      await stage.workbench.screenshot(`failed ${this.currentTest.title}`);
    }
  });

  it("is changed by dragging a plan to another's place", async () => {
    assert.deepEqual(await titles(), ["Early plan", "Late plan"]);
    await drag("Late plan", "Early plan", async () => (await titles())[0] === "Late plan");
    assert.deepEqual(await titles(), ["Late plan", "Early plan"]);
  });

  it("is changed by dragging a phase that waits to another's place", async () => {
    await drag("3: Step 2c", "1: Step 2a", isSaid(/Phase 3 .*Phase 1/));
  });

  it("is changed by the menu, too", async () => {
    await stage.workbench.tree.chooseFromMenu("1: Step 1a", "Start Later");
    await eventually("it is moved", isSaid(/Phase 1 is started before Phase 3/));
  });

  it("refuses to move what runs, and says so", async () => {
    const refusal = stage.workbench.page.getByText("Only plans that are not finished and phases");
    await stage.workbench.tree.drag("1: Hold", "1: Step 2a");
    await refusal.first().waitFor();
  });

  it("is the order in which phases are started", async () => {
    stage.write("go");
    await stage.status("Phase 3: Step 1c", "completed");
    assert.deepEqual(readFileSync(stage.file("order"), "utf8").trim().split("\n"), [
      ...["2c", "2a", "2b"],
      ...["1b", "1a", "1c"],
    ]);
  });
});
