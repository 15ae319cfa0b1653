import assert from "node:assert/strict";
import type { Fault } from "../../support/github/fakeGitHub";
import { assertNoneWrong, type Count, countThings, sumOf } from "../../unit/github/support/count";
import { MirrorBench } from "../../unit/github/support/mirrorBench";
import { oneOf, randomFrom } from "../../unit/github/support/random";
import { figure, rounds, seed } from "../support/extent";

const phases = 50;
const wanted = rounds({ whole: 600, part: 100 });
const titles = Array.from({ length: phases }, (_, index) => `Step ${index + 1}`);

const status = (code: number): Fault["answer"] => ({ status: code, body: { message: "Oops" } });
const unclearAnswers = [
  status(500),
  status(502),
  status(504),
  { status: 201, body: "half an ans" },
  "reset",
  "silent",
] as const;

describe("an answer that leaves open what was done", () => {
  it(`leads to no duplicate in ${wanted}, with lists that lag or fail`, async function () {
    this.timeout(600_000);
    const counts: Count[] = [];
    let faults = 0;
    for (let plan = 1; faults < wanted; plan++) {
      const one = await MirrorBench.open();
      try {
        faults += await unclearPlan(one, randomFrom(seed + plan));
        counts.push(countThings(one.github, phases));
      } finally {
        await one.end();
      }
    }
    const count = sumOf(counts);
    figure(
      "H2 GitHub, unclear answers",
      `${faults} unclear answers: ${count.things} things, ${count.duplicates} duplicates, ` +
        `${count.missing} missing`,
    );
    assertNoneWrong(count);
  });

  it("is unknown, and nothing is sent again, while a list lags for longer", async () => {
    const bench = await MirrorBench.open();
    try {
      bench.github.addIssue("Parent");
      bench.mirror(bench.enqueue(["One"]), { parentIssue: 1 });
      bench.github.fault = ({ method, target }) =>
        method === "POST" && target.endsWith("/comments")
          ? { done: true, answer: status(502) }
          : undefined;
      await bench.mirrored(() => bench.github.comments.length > 0);
      const began = bench.clock.now();
      bench.github.lag = 1200_000;
      await bench.mirrored(() => bench.troubles.length > 0);
      const seconds = (bench.clock.now() - began) / 1000;
      bench.github.lag = 0;
      bench.github.fault = () => undefined;
      await bench.mirrored();
      figure(
        "H2 GitHub, lists that lag on",
        `unknown after ${seconds} s, ${bench.github.comments.length} comment in the end`,
      );
      assert.ok(seconds > 20);
      assert.equal(bench.github.comments.length, 1);
    } finally {
      await bench.end();
    }
  });
});

/** Half of everything that is posted gets an unclear answer, whether it was done or not. */
async function unclearPlan(bench: MirrorBench, random: () => number): Promise<number> {
  bench.github.addIssue("Parent");
  let faults = 0;
  bench.github.fault = ({ method }) => {
    if (method === "POST" && random() < 0.5) {
      faults++;
      bench.github.lag = Math.floor(random() * 10_000);
      return { done: random() < 0.6, answer: oneOf(unclearAnswers, random) };
    }
    return method === "GET" && random() < 0.1
      ? { done: false, answer: oneOf(unclearAnswers, random) }
      : undefined;
  };
  bench.mirror(bench.enqueue(titles), { parentIssue: 1, comments: "each" });
  titles.forEach((_, index) => bench.complete(index + 1));
  await bench.mirrored(undefined, { step: 5000, longest: 48 * 3600_000 });
  return faults;
}
