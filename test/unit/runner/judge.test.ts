import { strict as assert } from "node:assert";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AttemptRunner, Verdict } from "../../../src/core/protocol/attempts";
import { Bench, sh } from "./harness";

const mebibyte = 1024 * 1024;
const finalEvent = { type: "result", text: "done" };
const chatter = `${JSON.stringify({ type: "result-to-be", text: "x".repeat(400) })}\n`;

describe("judging an attempt", () => {
  let bench: Bench;
  let runner: AttemptRunner;
  beforeEach(async () => {
    bench = await Bench.create("posix");
    runner = bench.runner();
  });
  afterEach(() => bench.close());

  /** An agent's attempt as it lies there after its end. */
  function ended(output: string, code = 0): string {
    const { folder } = prepare();
    writeFileSync(join(folder, "output.log"), output);
    writeFileSync(join(folder, "exit.json"), JSON.stringify({ step: 0, code, signal: null }));
    return folder;
  }

  function prepare() {
    const success = {
      format: "jsonLines" as const,
      finalEvent: { type: "result" },
      answer: { path: "text" },
    };
    const request = bench.request({
      definition: { kind: "command", argv: ["true"], prompt: "stdin", success },
    });
    runner.prepare(request);
    return request;
  }

  /** How often everything else had its turn before the verdict, and that verdict. */
  async function turnsBefore(
    verdict: Verdict | Promise<Verdict>,
    eachTurn: () => void = () => undefined,
  ): Promise<{ readonly turns: number; readonly verdict: Verdict }> {
    let turns = 0;
    let judged: Verdict | undefined;
    void Promise.resolve(verdict).then((value) => (judged = value));
    await Promise.resolve();
    while (judged === undefined) {
      turns += 1;
      eachTurn();
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { turns, verdict: judged };
  }

  it("is done at once where the exit record says all", async () => {
    const request = bench.request({ blocks: [sh("true")] });
    await bench.run(runner, request);
    assert.deepEqual(runner.judge(request.folder), { outcome: "completed", exitCode: 0 });
  });

  for (const code of [0, 3]) {
    it(`holds up nothing else while it reads a flood of output (exit code ${code})`, async () => {
      const size = 16 * mebibyte;
      const flood = chatter.repeat(Math.ceil(size / chatter.length));
      const folder = ended(`${flood}${JSON.stringify(finalEvent)}\n`, code);
      const { turns, verdict } = await turnsBefore(runner.judge(folder));
      assert.deepEqual(
        [verdict.outcome, verdict.evidence],
        [code === 0 ? "completed" : "exit", { finalEvent, answer: "done" }],
      );
      // A piece between two turns is small enough to take a few milliseconds.
      assert.ok(turns >= size / (128 * 1024), `${turns} turns`);
    });
  }

  it("ends although what outlives the attempt prints faster than it reads", async () => {
    const folder = ended(`${JSON.stringify(finalEvent)}\n${chatter.repeat(1000)}`);
    const more = chatter.repeat(200);
    let added = 0;
    const { verdict } = await turnsBefore(runner.judge(folder), () => {
      added += 1;
      assert.ok(added < 2_000, "it reads what was printed after the end");
      appendFileSync(join(folder, "output.log"), more);
    });
    assert.equal(verdict.outcome, "completed");
  });
});
