import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { planText, useWorkspace } from "../../support/workspace";
import { figure, rounds } from "../support/extent";

describe("two followers that change the queue at the same time", () => {
  const workspace = useWorkspace();

  it("lose nothing of it, though the owner is killed after the last change", async () => {
    const each = rounds({ whole: 100, part: 5 });
    const owner = workspace().start(["serve"]);
    await eventually("it serves", () => owner.output().includes("http://"));
    const enqueueAll = async (titles: readonly string[]): Promise<void> => {
      for (const title of titles) {
        workspace().write(`${title}.md`, planText(title, [{ lines: ["Runner: manual"] }]));
        await workspace().expect(0, ["enqueue", `${title}.md`]);
      }
    };
    const [left, right] = ["left", "right"].map((name) =>
      Array.from({ length: each }, (_, index) => `${name} ${index}`),
    );
    assert.ok(left && right);
    await Promise.all([enqueueAll(left), enqueueAll(right)]);
    owner.child.kill("SIGKILL");
    await owner.ended;
    const plans = await workspace().look((queue) => queue.plans());
    assert.deepEqual(plans.map(({ title }) => title).sort(), [...left, ...right].sort());
    assert.deepEqual(
      plans.map(({ plan_number }) => plan_number),
      plans.map((_, index) => index + 1),
    );
    figure(
      "C3 ownership, two followers",
      `${plans.length} of ${2 * each} plans of two that enqueued at the same time are on the disk, ` +
        "each once, after the owner's SIGKILL",
    );
  });
});
