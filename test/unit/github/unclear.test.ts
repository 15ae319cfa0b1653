import assert from "node:assert/strict";
import { MirrorBench } from "./support/mirrorBench";

describe("an answer that leaves open what was done", () => {
  let bench: MirrorBench;

  beforeEach(async () => {
    bench = await MirrorBench.open();
  });
  afterEach(() => bench.end());

  it("is left unknown while the list of comments lags, and is never sent again blindly", async () => {
    bench.github.addIssue("Parent");
    bench.mirror(bench.enqueue(["One"]), { parentIssue: 1 });
    bench.github.lag = 1200_000;
    bench.github.fault = ({ method, target }) =>
      method === "POST" && target.endsWith("/comments")
        ? { done: true, answer: { status: 502, body: {} } }
        : undefined;
    await bench.mirrored(() => bench.troubles.length > 0);
    assert.match(bench.troubles[0]?.message ?? "", /not known whether .* lags behind/);
    bench.clock.advance(600_000);
    await bench.quiet();
    assert.equal(bench.github.comments.length, 1);
    assert.equal(bench.queue.outbox.pending()[0]?.state, "unknown");
    bench.github.lag = 0;
    bench.github.fault = () => undefined;
    await bench.mirrored();
    assert.equal(bench.github.comments.length, 1);
    const posts = bench.github.writes.filter(({ path }) => path.endsWith("/comments"));
    assert.equal(posts.length, 1);
  });

  it("is cleared up by an issue's number, where the list of issues lags", async () => {
    bench.github.lag = 1200_000;
    let faults = 0;
    bench.github.fault = ({ method, target }) =>
      method === "POST" && target.endsWith("/issues") && faults++ === 0
        ? { done: true, answer: "reset" }
        : undefined;
    bench.mirror(bench.enqueue(["One"]));
    await bench.mirrored();
    assert.deepEqual(
      bench.github.issues.map(({ title }) => title),
      ["Launch", "Phase 1 of 1: One"],
    );
  });
});
