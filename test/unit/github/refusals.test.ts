import assert from "node:assert/strict";
import { MirrorBench } from "./support/mirrorBench";

describe("what people and GitHub do to a mirror", () => {
  let bench: MirrorBench;

  beforeEach(async () => {
    bench = await MirrorBench.open();
    bench.github.addIssue("Parent");
  });
  afterEach(() => bench.end());

  it("what people write into an issue of ours stays", async () => {
    bench.mirror(bench.enqueue(["One", "Two"]));
    await bench.mirrored();
    const issue = bench.github.issue(2);
    issue.body = `Read this first!\n\n${issue.body}\n\nThanks.`;
    bench.complete(1);
    await bench.mirrored();
    assert.match(issue.body, /^Read this first![^]*\[x\] Phase 1[^]*Thanks\.$/);
  });

  it("nothing is created while the queue is paused, and all of it afterwards", async () => {
    bench.queue.setPaused(true);
    bench.mirror(bench.enqueue(["One", "Two"]));
    bench.clock.advance(600_000);
    await bench.quiet();
    assert.deepEqual(bench.github.writes, []);
    bench.queue.setPaused(false);
    await bench.mirrored();
    assert.equal(bench.github.issues.length, 3);
    assert.equal(bench.github.comments.length, 1);
  });

  it("a token goes to no server but its own", async () => {
    bench.mirror(bench.enqueue(["One"]), { apiUrl: "https://evil.example/api/v3" });
    await bench.quiet();
    bench.clock.advance(3600_000);
    await bench.quiet();
    assert.deepEqual(bench.github.log, []);
    assert.match(bench.troubles[0]?.message ?? "", /mirrored to https:\/\/evil\.example/);
  });
});
