import assert from "node:assert/strict";
import { eventually } from "../support/eventually";
import { planText, until, useWorkspace } from "../support/workspace";

describe("killing the host", () => {
  const workspace = useWorkspace();

  it("in the middle of a phase: the next run takes the same attempt up", async () => {
    workspace().write(
      "plan.md",
      planText("Killed", [
        { sh: `echo 1 >> ledger; touch up; ${until("go")}` },
        { sh: "echo 2 >> ledger" },
      ]),
    );
    const { child, ended } = workspace().start(["run", "plan.md", "--yes"]);
    await workspace().wrote("up");
    child.kill("SIGKILL");
    await ended;
    const again = workspace().start(["run", "plan.md"]);
    await eventually("it has taken the phase up", () => again.output().includes("1 running"));
    workspace().write("go", "");
    const { code, stderr } = await again.ended;
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(workspace().read("ledger"), "1\n2\n");
    assert.deepEqual(
      (await workspace().phases()).map(({ attempts }) => attempts),
      [1, 1],
    );
  });

  it("at 100 random points loses no phase, runs none twice, and opens clean each time", async function () {
    this.timeout(300_000);
    const seed = 20_260_301;
    const random = mulberry32(seed);
    const phases = Array.from({ length: 30 }, () => ({
      sh: "echo $HOPPER_QUEUE_ID >> ledger; sleep 0.05",
    }));
    workspace().write("plan.md", planText("Thirty", phases));
    console.log(`      seed ${seed}`);
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);

    const notices: string[] = [];
    let finished = 0;
    for (let kill = 0; kill < 100; kill++) {
      const { child, ended } = workspace().start(["run", "plan.md", "--yes"]);
      // One of four may come while the queue is opened, the others while phases are started.
      if (kill % 4 > 0) {
        await Promise.race([new Promise((resolve) => child.stdout.once("data", resolve)), ended]);
      }
      const timer = setTimeout(() => child.kill("SIGKILL"), 5 + random() * 295);
      const { code, stderr } = await ended;
      clearTimeout(timer);
      notices.push(...stderr.split("\n").filter((line) => line !== ""));
      if (code !== null) {
        assert.equal(code, 0, stderr);
        finished += 1;
      }
    }
    await workspace().expect(0, ["run"]);
    const all = await workspace().phases();
    const ledger = workspace().read("ledger").trimEnd().split("\n");
    console.log(`      ${all.length / 30} plans, ${finished} of them ended before the kill came`);
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
    const harmless = /\[many-phases\]$|^warning: \d+ bytes of an unfinished change at the end of /;
    assert.deepEqual(
      notices.filter((notice) => !harmless.test(notice)),
      [],
    );
  });
});

/** Random numbers that are the same for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
