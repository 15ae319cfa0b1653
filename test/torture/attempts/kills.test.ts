import assert from "node:assert/strict";
import { Dice } from "../../support/dice";
import type { ListedPhase } from "../../support/answers";
import { endProcess } from "../../support/processes";
import { eventually } from "../../support/eventually";
import { planText, useWorkspace } from "../../support/workspace";
import { figure, rounds, seed } from "../support/extent";

/** What a host may say when it opens a queue whose owner was killed. */
const harmless = /\[many-phases\]$|^warning: \d+ bytes of an unfinished change at the end of /;

describe("killing", () => {
  const phases = 30;
  const workspace = useWorkspace();
  let plans = 0;
  beforeEach(() => {
    plans = 0;
  });

  /** Enqueues another plan, with this script for each phase; answers its file. */
  async function newPlan(sh: string): Promise<string> {
    const name = `plan${++plans}.md`;
    const all = Array.from({ length: phases }, () => ({ sh }));
    workspace().write(name, planText("Many", all));
    await workspace().expect(0, ["enqueue", name, "--yes"]);
    return name;
  }

  /** Runs the plan and kills the host at a random moment; answers whether it was killed in time. */
  async function killed(
    plan: string,
    dice: Dice,
    kill: number,
    notices: string[],
  ): Promise<boolean> {
    const { child, ended } = workspace().start(["run", plan, "--yes"]);
    // One of four may come while the queue is opened, the others while phases are started.
    if (kill % 4 > 0) {
      await Promise.race([new Promise((resolve) => child.stdout.once("data", resolve)), ended]);
    }
    const timer = setTimeout(() => child.kill("SIGKILL"), 5 + dice.next() * 295);
    const { signal, stderr } = await ended;
    clearTimeout(timer);
    notices.push(...stderr.split("\n").filter((line) => line !== "" && !harmless.test(line)));
    return signal === "SIGKILL";
  }

  it("the host at random points loses no phase, runs none twice, and opens clean each time", async () => {
    const dice = new Dice(seed);
    const kills = rounds({ whole: 500, part: 100 });
    const each = "echo $HOPPER_QUEUE_ID >> ledger; sleep 0.05";
    let plan = await newPlan(each);
    const notices: string[] = [];
    for (let kill = 0; kill < kills;) {
      if (await killed(plan, dice, kill, notices)) {
        kill++;
      } else {
        plan = await newPlan(each);
      }
    }
    await workspace().expect(0, ["run"]);
    const all = await workspace().phases();
    const ledger = workspace().read("ledger").trimEnd().split("\n");
    assert.deepEqual(
      all.filter(({ status, attempts }) => status !== "completed" || attempts !== 1),
      [],
    );
    assert.equal(new Set(ledger).size, ledger.length, "a phase ran twice");
    assert.deepEqual(
      [...ledger].sort(),
      all.map(({ queue_id }) => queue_id).sort(),
      "a phase was lost",
    );
    assert.deepEqual(notices, []);
    figure(
      "D1 attempts, SIGKILL of the host",
      `${kills} kills over ${all.length} phases in plans of ${phases}; ` +
        `${all.length - new Set(ledger).size} lost, ${ledger.length - new Set(ledger).size} run twice, ` +
        `${notices.length} complaints`,
    );
  });

  it("the host and everything it started leaves what nobody knows as interrupted, and runs nothing again", async () => {
    const dice = new Dice(seed + 1);
    const kills = rounds({ whole: 200, part: 12 });
    const each =
      "echo start $HOPPER_ATTEMPT_ID $HOPPER_QUEUE_ID >> ledger; sleep 0.05; " +
      "echo end $HOPPER_ATTEMPT_ID $HOPPER_QUEUE_ID >> ledger";
    let plan = await newPlan(each);
    const notices: string[] = [];
    let interrupted = 0;
    for (let kill = 0; kill < kills;) {
      if (await killed(plan, dice, kill, notices)) {
        kill++;
        await killEverybody();
        continue;
      }
      // It found a phase interrupted, and with that nothing more to run; or the plan was completed.
      const retried = await retryInterrupted(`kill ${kill}, seed ${seed}`);
      interrupted += retried;
      if (retried === 0) {
        plan = await newPlan(each);
      }
    }
    await workspace().call(["run"]);
    interrupted += await retryInterrupted("after the last kill");
    await workspace().expect(0, ["run"]);
    const all = await workspace().phases();
    const ledger = workspace().read("ledger").trimEnd().split("\n");
    await checkLedger(all, ledger);
    figure(
      "D2 attempts, SIGKILL of host and tree",
      `${kills} kills over ${all.length} phases in plans of ${phases}; ${interrupted} interrupted and ` +
        `retried by hand; ${ledger.length - new Set(ledger).size} started or ended twice, ` +
        `${all.filter(({ status }) => status !== "completed").length} lost`,
    );
  });

  /** Retries by hand what was interrupted, which is one phase at most. */
  async function retryInterrupted(when: string): Promise<number> {
    const failed = await workspace().look((queue) =>
      queue.phases({ content: false }).filter(({ status }) => status === "failed"),
    );
    assert.ok(failed.length <= 1, `${when}: more than one phase failed`);
    for (const { queue_id, reason } of failed) {
      assert.equal(reason, "interrupted", when);
      await workspace().expect(0, ["retry", queue_id]);
    }
    return failed.length;
  }

  /** Each attempt began at most once and ended at most once; each phase's last one did both. */
  async function checkLedger(
    all: readonly ListedPhase[],
    ledger: readonly string[],
  ): Promise<void> {
    assert.equal(new Set(ledger).size, ledger.length, "an attempt began, or ended, twice");
    assert.deepEqual(
      all.filter(({ status }) => status !== "completed"),
      [],
    );
    const attemptsOf = await workspace().look((queue) =>
      all.map(({ queue_id }) => ({ queue_id, attempts: queue.attempts(queue_id) })),
    );
    let known = 0;
    for (const { queue_id, attempts } of attemptsOf) {
      const last = attempts.at(-1);
      assert.equal(last?.outcome, "completed");
      for (const { attempt_id, outcome } of attempts) {
        const [start, end] = ["start", "end"].map((word) =>
          ledger.includes(`${word} ${attempt_id} ${queue_id}`),
        );
        known += (start ? 1 : 0) + (end ? 1 : 0);
        // One that was killed right after its last line, before its record, is interrupted all the same.
        assert.ok(outcome === "interrupted" || (outcome === "completed" && start && end), outcome);
      }
    }
    assert.equal(known, ledger.length, "something ran that the queue does not know of");
  }

  /** As a reboot does: nobody is left who could do anything. */
  async function killEverybody(): Promise<void> {
    await eventually("everybody is dead", () => {
      const left = workspace().processes();
      for (const { pid } of left) {
        endProcess(pid);
      }
      return left.length === 0;
    });
  }
});
