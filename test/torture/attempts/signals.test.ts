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
    const phases = Array.from({ length: 20 }, () => ({
      sh: "echo $HOPPER_ATTEMPT_ID >> ledger; sleep 0.05",
    }));
    workspace().write("plan.md", planText("Interrupted", phases));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    let heard = 0;
    for (let time = 0; time < times; time++) {
      const how = oneOf(dice, interruptions) ?? "SIGINT";
      const { child, ended } = workspace().start(["run", "plan.md", "--yes"]);
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
      const { code, signal } = await ended;
      // A signal that comes in the moment in which everything has ended may find no one to hear it.
      assert.ok(
        code === codes[how] || code === 0 || (code === null && signal !== "SIGKILL"),
        `${after}: ${String(code)}`,
      );
      heard += code === codes[how] ? 1 : 0;
      for (const { queue_id, status, reason } of await workspace().phases()) {
        if (status === "failed") {
          assert.equal(reason, "cancelled", after);
          await workspace().expect(0, ["retry", queue_id]);
        }
      }
    }
    await workspace().expect(0, ["run"]);
    const all = await workspace().phases();
    assert.ok(all.every(({ status }) => status === "completed"));
    const ledger = workspace().read("ledger").trimEnd().split("\n");
    assert.equal(new Set(ledger).size, ledger.length, "an attempt ran twice");
    figure(
      "D11 attempts, signals to the command line",
      `${times} of ${interruptions.join(", ")}, ${heard} heard in time; exit codes right, ` +
        `0 attempts run twice, 0 queues unreadable`,
    );
  });
});
