import assert from "node:assert/strict";
import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { answer, repairAnswer } from "../support/answers";
import { planText, useWorkspace } from "../support/workspace";

describe("damaged files", () => {
  const workspace = useWorkspace();

  const plan = planText("Plan", [
    { sh: "echo 1 >> ledger" },
    { sh: "echo 2 >> ledger; test -e ok" },
  ]);

  beforeEach(async () => {
    workspace().write("plan.md", plan);
    await workspace().expect(1, ["run", "plan.md", "--yes"]);
    // Two snapshots, so that there is a pair before the current one.
    await workspace().expect(0, ["pause"]);
    await workspace().expect(0, ["resume"]);
  });

  async function goesOn(): Promise<string> {
    workspace().write("ok", "");
    assert.deepEqual(await workspace().statuses(), ["completed", "failed"]);
    const retried = await workspace().expect(0, ["retry", "1.2"]);
    await workspace().expect(0, ["run"]);
    assert.equal(workspace().read("ledger"), "1\n2\n2\n");
    return retried.stderr;
  }

  it("a flipped bit in queue.db is said, kept and repaired without loss", async () => {
    const file = workspace().hopperFile("queue.db");
    const bytes = readFileSync(file);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 0x10;
    writeFileSync(file, bytes);
    assert.match(await goesOn(), /^warning: .*queue\.db was damaged\. Nothing is lost/m);
    assert.ok(readdirSync(workspace().hopperFile("")).some((name) => name.includes(".corrupt-")));
  });

  it("a queue.db of no length is damage, not an empty queue", async () => {
    truncateSync(workspace().hopperFile("queue.db"), 0);
    assert.match(await goesOn(), /^warning: .*queue\.db was damaged/m);
  });

  it("a bad line in the journal stops with file and line, and repair goes on", async () => {
    const file = workspace().hopperFile("queue.journal");
    await workspace().expect(0, ["pause"]);
    const lines = readFileSync(file, "utf8").split("\n");
    const journal = [lines[0], '{"broken', ...lines.slice(1)].join("\n");
    writeFileSync(file, `${journal}\n`);
    for (const args of [["list"], ["run"], ["retry", "1.2"]]) {
      const { stderr } = await workspace().expect(1, args);
      assert.match(stderr, /^error: .*queue\.journal, line 2.*repair/);
    }
    const { stdout } = await workspace().expect(0, ["repair"]);
    assert.match(stdout, /\.corrupt-.*\n.*The queue is repaired; 2 phases are in the queue/);
    assert.deepEqual(await workspace().statuses(), ["completed", "failed"]);
  });

  it("half a line at the end of the journal is dropped and said", async () => {
    const file = workspace().hopperFile("queue.journal");
    writeFileSync(file, `${readFileSync(file, "utf8")}{"seq":99,"half`);
    assert.match(await goesOn(), /^warning: \d+ bytes of an unfinished change/m);
  });

  it("repair of a sound queue says that there was nothing to do", async () => {
    const { stdout } = await workspace().expect(0, ["repair"]);
    assert.equal(stdout, "Nothing had to be repaired; 2 phases are in the queue.\n");
    const json = await workspace().expect(0, ["repair", "--json"]);
    assert.deepEqual(answer(repairAnswer, json.stdout).notices, []);
  });
});
