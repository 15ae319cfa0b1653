import assert from "node:assert/strict";
import { MirrorBench } from "./support/mirrorBench";

describe("a mirrored plan", () => {
  let bench: MirrorBench;

  beforeEach(async () => {
    bench = await MirrorBench.open();
  });
  afterEach(() => bench.end());

  const bodyOf = (number: number): string => bench.github.issue(number).body;
  const status = (): string => bench.github.commentsOn(1)[0]?.body ?? "";

  it("is not mirrored before somebody asks for it", async () => {
    bench.enqueue(["Plan", "Build"]);
    bench.complete(1);
    await bench.mirrored();
    assert.deepEqual(bench.github.log, []);
  });

  it("gets a parent issue, an issue for each phase when it is ready, and a living comment", async () => {
    const planId = bench.enqueue(["Plan", "Build", "Ship"]);
    bench.mirror(planId);
    await bench.mirrored();
    assert.deepEqual(
      bench.github.issues.map(({ title, state }) => `${title} ${state}`),
      ["Launch open", "Phase 1 of 3: Plan open"],
    );
    assert.match(bodyOf(1), /^Why all this\.\n\n---\n/);
    assert.match(
      bodyOf(1),
      /- \[ \] Phase 1: Plan \(#2\) — ready\n- \[ \] Phase 2: Build — queued/,
    );
    assert.match(bodyOf(2), /Parent: #1/);
    assert.match(bodyOf(2), /Execution order: 1 of 3/);
    assert.match(bodyOf(2), /What to do for Plan\./);
    assert.match(bodyOf(2), /- `docs\/1\.md`/);
    assert.deepEqual(bench.github.issue(2).labels, ["phase-hopper"]);
    assert.deepEqual(bench.github.issue(1).subIssues, [bench.github.issue(2).id]);
    assert.match(status(), /Nothing has run yet\./);

    bench.complete(1);
    await bench.mirrored();
    assert.equal(bench.github.issue(2).state, "closed");
    assert.equal(bench.github.issue(2).stateReason, "completed");
    assert.match(status(), /\*\*Phase 1: Plan\*\* completed in 12s\. Phase 2 is ready\./);
    assert.match(bodyOf(1), /- \[x\] Phase 1: Plan \(#2\) — completed in 12s/);

    bench.fail(2, "exit code 1: no such file");
    await bench.mirrored();
    assert.match(
      status(),
      /\*\*Phase 2: Build\*\* failed in 3\.0s \(exit\)\.\n\n```text\nexit code 1: no such file/,
    );
    assert.match(status(), /Blocked until it is retried or skipped: Phase 3\./);

    bench.queue.retry(bench.queue.phaseByNumber(1, 2)?.queue_id ?? "");
    bench.complete(2);
    bench.complete(3);
    await bench.mirrored();
    assert.match(status(), /All phases complete!/);
    assert.equal(bench.github.commentsOn(1).length, 1, "one comment, edited in place");
    assert.deepEqual(
      bench.github.issues.slice(1).map(({ state }) => state),
      ["closed", "closed", "closed"],
    );
    const phases = bench.queue.phases({ planId });
    assert.deepEqual(
      phases.map(({ parent_issue, issue_number }) => [parent_issue, issue_number]),
      [
        [1, 2],
        [1, 3],
        [1, 4],
      ],
    );
  });
});
