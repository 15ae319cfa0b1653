import assert from "node:assert/strict";
import { dieAt } from "../../unit/queue/support/faultyFiles";
import { figure, rounds, seed } from "../support/extent";
import { assertNoneWrong, type Count, countThings, sumOf } from "../../unit/github/support/count";
import { MirrorBench } from "../../unit/github/support/mirrorBench";
import { randomFrom } from "../../unit/github/support/random";

const phases = 50;
const wanted = rounds({ whole: 300, part: 60 });
const titles = Array.from({ length: phases }, (_, index) => `Step ${index + 1}`);

describe("a mirror that is killed", () => {
  it(`writes each of ${phases} comments once, killed at ${wanted} random points`, async function () {
    this.timeout(600_000);
    const counts: Count[] = [];
    let kills = 0;
    for (let plan = 1; kills < wanted; plan++) {
      const bench = await MirrorBench.open();
      try {
        kills += await killedPlan(bench, randomFrom(seed + plan), Math.min(30, wanted - kills));
        counts.push(countThings(bench.github, phases));
      } finally {
        await bench.end();
      }
    }
    const count = sumOf(counts);
    figure(
      "H1 GitHub, kills",
      `killed at ${kills} points of ${counts.length} plans with ${phases} comments: ` +
        `${count.things} things, ${count.duplicates} duplicates, ${count.missing} missing`,
    );
    assertNoneWrong(count);
  });

  it("has noted for GitHub what was committed, wherever it dies, and nothing else", async function () {
    this.timeout(600_000);
    const seen = new Set<string>();
    for (let point = 1; ; point++) {
      const bench = await MirrorBench.open();
      try {
        bench.github.addIssue("Parent");
        bench.mirror(bench.enqueue(["One", "Two"]), { parentIssue: 1, comments: "each" });
        const attemptId = bench.run(1);
        bench.disk.set(dieAt(point));
        const settled = attempt(() =>
          bench.queue.settle({ attemptId, verdict: { outcome: "completed" } }),
        );
        await bench.kill();
        await bench.start();
        const isCompleted = bench.queue.phaseByNumber(1, 1)?.status === "completed";
        const comments = bench.queue.outbox.pending().filter(({ kind }) => kind === "comment");
        assert.equal(comments.length, isCompleted ? 1 : 0, `killed at ${point}`);
        seen.add(String(isCompleted));
        if (settled) {
          break;
        }
      } finally {
        await bench.end();
      }
    }
    assert.deepEqual([...seen].sort(), ["false", "true"]);
  });
});

/** Mirrors a plan that is completed already, and kills it now and then; answers how often. */
async function killedPlan(bench: MirrorBench, random: () => number, most: number): Promise<number> {
  bench.github.addIssue("Parent");
  bench.mirror(bench.enqueue(titles), { parentIssue: 1, comments: "each" });
  titles.forEach((_, index) => bench.complete(index + 1));
  let kills = 0;
  while (kills < most) {
    let isDead = (): boolean => false;
    if (random() < 0.5) {
      // Between two operations on the disk: before or after any of the outbox's commits.
      const point = 1 + Math.floor(random() * 30);
      bench.disk.set(dieAt(point));
      const { calls } = bench.disk;
      isDead = () => calls.length >= point;
    } else {
      const isDone = random() < 0.5;
      let left = 1 + Math.floor(random() * 6);
      isDead = () => left <= 0;
      bench.github.fault = () => {
        left--;
        if (left !== 0) {
          return undefined;
        }
        bench.disk.set(dieAt(0));
        return { done: isDone, answer: "reset" };
      };
    }
    await bench.mirrored(() => isDead() || bench.worker.pending === 0);
    bench.github.fault = () => undefined;
    if (!isDead()) {
      break;
    }
    kills++;
    await bench.kill();
    await bench.start();
  }
  bench.disk.set(undefined);
  await bench.mirrored();
  return kills;
}

function attempt(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
