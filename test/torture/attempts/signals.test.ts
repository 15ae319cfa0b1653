import assert from "node:assert/strict";
import { Dice, oneOf } from "../../support/dice";
import { planText, useWorkspace } from "../../support/workspace";
import { figure, rounds, seed } from "../support/extent";

const interruptions = ["SIGINT", "SIGTERM", "SIGHUP", "SIGINT twice", "closed stdout"] as const;

const codes: Readonly<Record<(typeof interruptions)[number], number>> = {
  SIGINT: 130,
  SIGTERM: 143,
  SIGHUP: 129,
  "SIGINT twice": 130,
  "closed stdout": 130,
};

describe("a signal to the command line", () => {
  const workspace = useWorkspace();

  it("at any moment ends it with the right code, and leaves a queue that goes on", async () => {
    const dice = new Dice(seed);
    const times = rounds({ whole: 100, part: 8 });
    let plan = await newPlan(0);
    let heard = 0;
    for (let time = 0; time < times; time++) {
      const how = oneOf(dice, interruptions) ?? "SIGINT";
      const { child, ended } = workspace().start(["run", plan, "--yes"]);
      await Promise.race([new Promise((resolve) => child.stdout.once("data", resolve)), ended]);
      await new Promise((resolve) => setTimeout(resolve, dice.below(300)));
      const after = `${how}, ${time}, seed ${seed}`;
      if (how === "closed stdout") {
        child.stdout.destroy();
      } else {
        child.kill(how === "SIGINT twice" ? "SIGINT" : how);
      }
      if (how === "SIGINT twice") {
        await new Promise((resolve) => setTimeout(resolve, 50));
        child.kill("SIGINT");
      }
      const { code, signal, stdout } = await ended;
      const now = await workspace().look((queue) => queue.phases({ content: false }));
      const left = now.filter(({ status }) => status !== "completed").length;
      const said = `${after}: ${String(code)} ${String(signal)}\n${stdout}`;
      // Only where the plan had ended may there have been nobody to hear it.
      assert.ok(code === codes[how] || left === 0, said);
      heard += code === codes[how] ? 1 : 0;
      for (const { queue_id, status, reason } of now) {
        if (status === "failed") {
          assert.equal(reason, "cancelled", after);
          await workspace().expect(0, ["retry", queue_id]);
        }
      }
      if (left < 10) {
        await workspace().expect(0, ["run"]);
        plan = await newPlan(time + 1);
      }
    }
    await workspace().expect(0, ["run"]);
    assert.ok(heard > times / 2, "most signals come while something runs");
    const all = await workspace().phases();
    assert.ok(all.every(({ status }) => status === "completed"));
    const ledger = workspace().read("ledger").trimEnd().split("\n");
    assert.equal(new Set(ledger).size, ledger.length, "an attempt ran twice");
    figure(
      "D11 attempts, signals to the command line",
      `${times} of ${interruptions.join(", ")}, ${heard} heard in time; exit codes right, ` +
        `${ledger.length - new Set(ledger).size} attempts run twice, 0 queues unreadable`,
    );
  });

  /** A plan with enough to do for some signals. */
  async function newPlan(number: number): Promise<string> {
    const name = `plan${number}.md`;
    const phases = Array.from({ length: 20 }, () => ({
      sh: "echo $HOPPER_ATTEMPT_ID >> ledger; sleep 0.05",
    }));
    workspace().write(name, planText("Interrupted", phases));
    await workspace().expect(0, ["enqueue", name, "--yes"]);
    return name;
  }
});
