import assert from "node:assert/strict";
import type { Answer } from "../../support/github/fakeGitHub";
import { MirrorBench } from "./support/mirrorBench";

describe("a mirror that is led astray", () => {
  let bench: MirrorBench;

  beforeEach(async () => {
    bench = await MirrorBench.open();
    bench.github.addIssue("Parent");
  });
  afterEach(() => bench.end());

  const titles = (): string[] => bench.github.issues.map(({ title }) => title);
  const refuse = (suffix: string, status: number, message: string): void => {
    const answer: Answer = { status, body: { message } };
    bench.github.fault = ({ method, target }) =>
      method === "POST" && target.endsWith(suffix) ? { done: false, answer } : undefined;
  };
  const told = (): string[] => bench.troubles.map(({ message }) => message);
  /** Resolves when nothing can be done for hours, however much is left. */
  const waitsForPeople = async (): Promise<void> => {
    for (let count = 0; count < 30; count++) {
      bench.clock.advance(60_000);
      await bench.quiet();
    }
  };

  it("by a mistyped parent issue writes nothing, and takes the right one", async () => {
    const planId = bench.enqueue(["One", "Two"]);
    bench.mirror(planId, { parentIssue: 999 });
    await waitsForPeople();
    assert.deepEqual(bench.github.writes, []);
    assert.match(told()[0] ?? "", /^There is no issue #999: link the plan to another one/);
    bench.mirror(planId, { parentIssue: 1 });
    await bench.mirrored();
    assert.deepEqual(titles(), ["Parent", "Phase 1 of 2: One"]);
    assert.equal(bench.queue.plan(planId)?.parent_issue, 1);
  });

  it("by a mistyped parent issue takes the right one without a network, too", async () => {
    bench.token = undefined;
    const planId = bench.enqueue(["One"]);
    bench.mirror(planId, { parentIssue: 999 });
    bench.mirror(planId, { parentIssue: 1 });
    bench.token = "token-of-robin";
    await bench.mirrored();
    assert.throws(() => bench.mirror(planId, { parentIssue: 2 }), /has a parent issue already: #1/);
  });

  it("goes on when the parent is deleted while it is open whether a comment is there", async () => {
    let isLost = false;
    bench.github.fault = ({ method, target }) => {
      if (isLost || method !== "POST" || !target.endsWith("/1/comments")) {
        return undefined;
      }
      isLost = true;
      bench.github.issue(1).gone = "deleted";
      return { done: true, answer: "reset" };
    };
    bench.mirror(bench.enqueue(["One", "Two"]), { parentIssue: 1, comments: "each" });
    bench.complete(1);
    await bench.mirrored();
    bench.complete(2);
    await bench.mirrored();
    assert.deepEqual(titles(), ["Parent", "Phase 1 of 2: One", "Phase 2 of 2: Two"]);
    assert.match(told()[0] ?? "", /^Issue #1 was deleted or moved/);
  });

  it("goes on where its issues may not be sub-issues, and tells that once", async () => {
    refuse("/sub_issues", 403, "Must have triage rights to Repository.");
    bench.mirror(bench.enqueue(["One", "Two", "Three"]), { parentIssue: 1, creates: "enqueue" });
    bench.complete(1);
    await bench.mirrored();
    assert.equal(bench.github.issue(2).state, "closed");
    assert.equal(bench.troubles.length, 1);
    assert.match(told()[0] ?? "", /^#2 is no sub-issue: .*triage rights/);
    bench.github.fault = () => undefined;
    bench.queue.outbox.retryFailed();
    bench.worker.tryAgain();
    await bench.mirrored();
    assert.equal(bench.github.issue(1).subIssues.length, 3, "asked for again, they are linked");
  });

  it("tells one cause once for a plan, and once more when somebody asked for it", async () => {
    bench.github.issue(1).locked = true;
    bench.mirror(bench.enqueue(["One", "Two", "Three"]), { parentIssue: 1, comments: "each" });
    for (const number of [1, 2, 3]) {
      bench.complete(number);
    }
    await bench.mirrored();
    assert.equal(bench.troubles.length, 1);
    bench.token = "revoked";
    bench.queue.outbox.retryFailed();
    bench.worker.tryAgain();
    await bench.mirrored(() => bench.troubles.length > 1);
    assert.match(told()[1] ?? "", /does not accept the sign-in/);
    bench.worker.tryAgain();
    await bench.mirrored(() => bench.troubles.length > 2);
  });

  const duringSignIn = (work: () => void): void => {
    let isDone = false;
    bench.github.fault = ({ target }) => {
      if (target.startsWith("/user") && !isDone) {
        isDone = true;
        work();
      }
      return undefined;
    };
  };

  it("creates nothing when the queue is paused while it signs in", async () => {
    duringSignIn(() => bench.queue.setPaused(true));
    bench.mirror(bench.enqueue(["One"]));
    await waitsForPeople();
    assert.deepEqual(bench.github.writes, []);
    bench.queue.setPaused(false);
    await bench.mirrored();
    assert.deepEqual(titles(), ["Parent", "Launch", "Phase 1 of 1: One"]);
  });

  it("goes on with other plans when one is stopped while it signs in", async () => {
    const first = bench.enqueue(["One"]);
    const second = bench.enqueue(["Other"]);
    duringSignIn(() => bench.queue.stopMirror(first));
    bench.mirror(first);
    bench.mirror(second);
    await bench.mirrored();
    assert.deepEqual(titles(), ["Parent", "Launch", "Phase 1 of 1: Other"]);
    assert.ok(!bench.logged.some((line) => line.includes("stopped for a minute")));
  });

  it("follows a repository to its new name, wherever it is under way", async () => {
    const planId = bench.enqueue(["One", "Two"]);
    bench.mirror(planId, { parentIssue: 1 });
    await bench.mirrored();
    bench.github.renamedTo = "acme/ships";
    bench.complete(1);
    await bench.mirrored();
    assert.deepEqual(titles(), ["Parent", "Phase 1 of 2: One", "Phase 2 of 2: Two"]);
    assert.equal(bench.queue.issueUrl(planId, 3), "https://github.com/acme/ships/issues/3");
    assert.deepEqual(bench.troubles, []);
  });

  it("looks for what may be there before it creates it after changes were lost", async () => {
    bench.mirror(bench.enqueue(["One"]));
    const waiting = bench.queue.outbox.pending();
    await bench.mirrored();
    const before = bench.github.issues.length + bench.github.comments.length;
    for (const { entryId } of waiting) {
      bench.queue.outbox.notMade(entryId);
    }
    bench.queue.lookBeforeCreating();
    bench.worker.tryAgain();
    await bench.mirrored();
    assert.equal(bench.github.issues.length + bench.github.comments.length, before);
  });

  it("leaves no mirror to whoever has the queue next", async () => {
    const planId = bench.enqueue(["One"]);
    bench.mirror(planId);
    assert.equal(bench.queue.disownMirrors(), 1);
    await waitsForPeople();
    assert.deepEqual(bench.github.log, []);
    assert.equal(bench.queue.mirror(planId), undefined);
  });
});
