import assert from "node:assert/strict";
import type { HopperError } from "../../../src/core/base/errors";
import { linkPhase } from "../../../src/core/queue/workflowChanges";
import { tokenDigest } from "../../../src/core/queue/workflowReader";
import { CoordinatorBench } from "./support/coordinatorBench";
import { settled } from "./support/settled";

describe("reports of outside programs", () => {
  let bench: CoordinatorBench;

  beforeEach(async () => {
    bench = await CoordinatorBench.open();
  });

  afterEach(async () => {
    await bench.close();
  });

  function begin(): void {
    bench.enqueue({ number: 1, runner: "external" }, { number: 2, runner: "external" });
    bench.coordinator.start();
  }

  /** Every report that is kept: what it said, and whether it came too late to count. */
  function stored(): unknown[] {
    const sql = "SELECT status, error_message, late FROM workflow_history ORDER BY rowid";
    return bench.queue.note((change) => change.all(sql).map((row) => Object.values(row)));
  }

  /** Whatever follows the history looks at it again, before and after the host is another one. */
  async function look(): Promise<void> {
    bench.outside.read();
    await bench.reports.addWorkflow({ adwId: "of something else", status: "running" });
    await bench.restart();
    bench.outside.read();
  }

  const kind = (expected: string, message: RegExp) => (error: HopperError) => {
    assert.equal(error.kind, expected);
    assert.match(error.message, message);
    return true;
  };

  it("settle the phase and say what moved", async () => {
    begin();
    const answer = await bench.reports.reportWorkflow({
      queueId: bench.id(1),
      status: "completed",
      adwId: "adw-1",
      commitSha: "abc123",
    });
    assert.deepEqual(
      answer.changed.map(({ phase_number, from_status, to_status }) => [
        phase_number,
        from_status,
        to_status,
      ]),
      [
        [1, "running", "completed"],
        [2, "queued", "ready"],
        [2, "ready", "running"],
      ],
    );
    assert.equal(answer.alreadySettled, false);
    assert.equal(answer.status, "completed");
    assert.equal(bench.phase(1).adw_id, "adw-1");
    assert.deepEqual(bench.queue.attempts(bench.id(1))[0]?.evidence, {
      reported: "completed",
      workflow_id: answer.workflowId,
      adw_id: "adw-1",
      commit_sha: "abc123",
    });
  });

  it("are stored and answered when they repeat or come late, and change nothing", async () => {
    begin();
    const queueId = bench.id(1);
    await bench.reports.reportWorkflow({ queueId, status: "failed", errorMessage: "broke" });
    const before = bench.queue.lastEventId;
    for (const status of ["failed", "completed"] as const) {
      const answer = await bench.reports.reportWorkflow({ queueId, status });
      assert.equal(answer.alreadySettled, true);
      assert.deepEqual(answer.changed, []);
      assert.equal(answer.status, "failed");
      assert.match(answer.message, /Attempt 1 of Phase 1 was settled before.*changed nothing/);
    }
    assert.equal(bench.queue.lastEventId, before);
    assert.deepEqual(stored(), [
      ["failed", "broke", 0],
      ["failed", null, 1],
      ["completed", null, 1],
    ]);
  });

  it("do not speak of a later attempt", async () => {
    bench.enqueue({ number: 1, runner: "external" });
    bench.coordinator.start();
    const queueId = bench.id(1);
    const { token: first } = await bench.reports.issueToken(queueId);
    await bench.reports.reportWorkflow({ queueId, status: "failed" });
    bench.clock.advance(1000);
    bench.queue.setPaused(true);
    bench.queue.retry(queueId);
    const late = await bench.reports.reportWorkflow({ queueId, status: "completed" });
    assert.equal(late.alreadySettled, true);
    assert.equal(bench.statuses(), "1 ready");
    bench.queue.setPaused(false);
    assert.equal(bench.statuses(), "1 running");
    const byToken = await bench.reports.reportWorkflow({
      attemptToken: first,
      status: "completed",
    });
    assert.equal(byToken.alreadySettled, true);
    assert.equal(bench.statuses(), "1 running");
    await look();
    assert.equal(bench.statuses(), "1 running");
    assert.equal(
      (await bench.reports.heartbeat({ attemptToken: first })).message,
      "The attempt has ended; nothing was noted.",
    );
  });

  it("that come late begin no phase which waits for a resume", async () => {
    bench.enqueue({ number: 1, runner: "external" });
    bench.coordinator.start();
    const queueId = bench.id(1);
    await bench.reports.reportWorkflow({ queueId, status: "failed" });
    bench.queue.setPaused(true);
    bench.clock.advance(1000);
    bench.queue.retry(queueId);
    bench.clock.advance(1000);
    await bench.reports.reportWorkflow({ queueId, status: "completed" });
    await look();
    assert.equal(bench.statuses(), "1 ready");
    assert.equal(bench.queue.attempts(queueId).length, 1);
  });

  it("that are delivered twice leave an automatic retry its time", async () => {
    bench.enqueue({ number: 1, runner: "external", retries: 3 });
    bench.coordinator.start();
    const queueId = bench.id(1);
    await bench.reports.reportWorkflow({ queueId, status: "failed" });
    bench.clock.advance(100);
    const again = await bench.reports.reportWorkflow({ queueId, status: "failed" });
    assert.equal(again.alreadySettled, true);
    await look();
    assert.equal(bench.statuses(), "1 ready");
    assert.equal(bench.queue.attempts(queueId).length, 1);
  });

  it("that name two phases are refused, and nothing is stored", async () => {
    bench.enqueue(
      { number: 1, runner: "external" },
      { number: 2, runner: "external", dependsOn: [] },
    );
    bench.coordinator.start();
    bench.queue.note((change) => linkPhase(change, bench.id(2), { issueNumber: 7 }));
    const { token } = await bench.reports.issueToken(bench.id(1));
    const refused = kind("conflict", /Issue [78] is not that of phase/);
    const status = "completed";
    const { reports } = bench;
    const one = bench.id(1);
    await assert.rejects(reports.reportWorkflow({ queueId: one, issueNumber: 7, status }), refused);
    await assert.rejects(
      reports.reportWorkflow({ attemptToken: token, issueNumber: 7, status }),
      refused,
    );
    await assert.rejects(reports.addWorkflow({ queueId: one, issueNumber: 7, status }), refused);
    await assert.rejects(
      reports.reportWorkflow({ queueId: bench.id(2), issueNumber: 8, status }),
      refused,
    );
    assert.deepEqual(stored(), []);
    // An issue of which the queue knows nothing yet is nobody else's.
    await reports.reportWorkflow({ queueId: one, issueNumber: 9, status });
    assert.equal(bench.statuses(), "1 completed, 2 running");
  });

  it("by issue number go to the phase that runs, or to the one that ran last", async () => {
    begin();
    bench.queue.note((change) => linkPhase(change, bench.id(1), { issueNumber: 7 }));
    bench.queue.note((change) => linkPhase(change, bench.id(2), { issueNumber: 7 }));
    const first = await bench.reports.reportWorkflow({ issueNumber: 7, status: "completed" });
    assert.equal(first.queueId, bench.id(1));
    bench.clock.advance(1000);
    const second = await bench.reports.reportWorkflow({ issueNumber: 7, status: "completed" });
    assert.equal(second.queueId, bench.id(2));
    const repeat = await bench.reports.reportWorkflow({ issueNumber: 7, status: "completed" });
    assert.equal(repeat.queueId, bench.id(2));
    assert.equal(repeat.alreadySettled, true);
    await assert.rejects(
      bench.reports.reportWorkflow({ issueNumber: 8, status: "completed" }),
      kind("notFound", /issue 8/),
    );
  });

  it("are refused where several phases of the issue run", async () => {
    bench.enqueue(
      { number: 1, runner: "external" },
      { number: 2, runner: "external", dependsOn: [] },
    );
    bench.coordinator.start();
    for (const phase of [1, 2]) {
      bench.queue.note((change) => linkPhase(change, bench.id(phase), { issueNumber: 7 }));
    }
    await assert.rejects(
      bench.reports.reportWorkflow({ issueNumber: 7, status: "completed" }),
      kind("conflict", /Several phases of issue 7 run/),
    );
  });

  it("are refused for a phase of which nothing was started", async () => {
    begin();
    await assert.rejects(
      bench.reports.reportWorkflow({ queueId: bench.id(2), status: "completed" }),
      kind("conflict", /Phase 2 is queued/),
    );
    assert.deepEqual(stored(), []);
  });

  it("begin a ready phase that an outside program has done by itself", async () => {
    bench.queue.setPaused(true);
    bench.enqueue({ number: 1, runner: "external" });
    const answer = await bench.reports.reportWorkflow({
      queueId: bench.id(1),
      status: "completed",
    });
    assert.equal(answer.status, "completed");
    assert.equal(bench.queue.attempts(bench.id(1)).length, 1);
  });

  it("are evidence where a process decides: a reported failure fails what exits with 0", async () => {
    bench.enqueue({ number: 1 });
    bench.coordinator.start();
    const answer = await bench.reports.reportWorkflow({
      queueId: bench.id(1),
      status: "failed",
      errorMessage: "the tests are red",
    });
    assert.deepEqual(
      [answer.alreadySettled, answer.changed, answer.status],
      [false, [], "running"],
    );
    await bench.restart();
    bench.runner.end(1);
    await settled();
    assert.equal(bench.phase(1).reason, "reported");
    assert.equal(bench.phase(1).error_message, "the tests are red");
  });

  it("of success do not take back a reported failure", async () => {
    bench.enqueue({ number: 1 });
    bench.coordinator.start();
    const queueId = bench.id(1);
    await bench.reports.reportWorkflow({ queueId, status: "failed", errorMessage: "red" });
    const second = await bench.reports.reportWorkflow({ queueId, status: "completed" });
    assert.equal(second.alreadySettled, true);
    assert.match(second.message, /reported as failed before, and that stays.*changed nothing/);
    bench.runner.end(1);
    await settled();
    assert.deepEqual([bench.phase(1).reason, bench.phase(1).error_message], ["reported", "red"]);
  });

  it("of success do not save a process that fails", async () => {
    bench.enqueue({ number: 1 });
    bench.coordinator.start();
    await bench.reports.reportWorkflow({ queueId: bench.id(1), status: "completed" });
    bench.runner.end(1, { outcome: "exit", message: "step 1 exited with code 3" });
    await settled();
    assert.equal(bench.phase(1).reason, "exit");
  });

  it("repeat nothing while the phase is being verified", async () => {
    bench.enqueue({ number: 1, runner: "external", verify: true });
    bench.coordinator.start();
    const queueId = bench.id(1);
    const first = await bench.reports.reportWorkflow({ queueId, status: "completed" });
    assert.deepEqual([first.alreadySettled, first.status], [false, "running"]);
    const second = await bench.reports.reportWorkflow({ queueId, status: "failed" });
    assert.deepEqual([second.alreadySettled, second.status], [true, "running"]);
    bench.runner.end(1);
    await settled();
    assert.equal(bench.statuses(), "1 completed");
  });

  describe("with a token", () => {
    it("speak of one attempt, and of nothing else", async () => {
      begin();
      const { token, attemptId } = await bench.reports.issueToken(bench.id(1));
      assert.match(token, /^[0-9a-f]{64}$/);
      await assert.rejects(
        bench.reports.reportWorkflow({
          attemptToken: token,
          queueId: bench.id(2),
          status: "completed",
        }),
        kind("conflict", /another phase/),
      );
      await bench.reports.heartbeat({ attemptToken: token, progress: "3 of 5 tests" });
      const item = bench.queue.attempt(attemptId);
      assert.deepEqual([item?.progress, item?.heartbeat_at !== undefined], ["3 of 5 tests", true]);
      const answer = await bench.reports.reportWorkflow({
        attemptToken: token,
        status: "completed",
      });
      assert.equal(answer.queueId, bench.id(1));
      assert.equal(bench.phase(1).status, "completed");
    });

    it("tell those who follow the queue what they are at, once for each text", async () => {
      begin();
      const { token: attemptToken } = await bench.reports.issueToken(bench.id(1));
      const before = bench.queue.lastEventId;
      for (const progress of ["half", "half", undefined, "all"]) {
        const beat = { attemptToken, ...(progress !== undefined && { progress }) };
        await bench.reports.heartbeat(beat);
      }
      const row = { queueId: bench.id(1), adwId: "adw-1", status: "running" } as const;
      await bench.reports.addWorkflow(row);
      await bench.reports.addWorkflow(row);
      const told = bench.queue.events(before, 10);
      assert.deepEqual(
        told.map(({ type, phase_number, reason }) => [type, phase_number, reason]),
        [
          ["attempt_progress", 1, "half"],
          ["attempt_progress", 1, "all"],
          ["phase_linked", 1, undefined],
        ],
      );
    });

    it("that is not the newest of the attempt are refused", async () => {
      begin();
      const { token: first } = await bench.reports.issueToken(bench.id(1));
      const { token: second } = await bench.reports.issueToken(bench.id(1));
      await assert.rejects(
        bench.reports.heartbeat({ attemptToken: first }),
        kind("notFound", /No attempt has this token/),
      );
      await bench.reports.heartbeat({ attemptToken: second });
      await assert.rejects(
        bench.reports.issueToken(bench.id(2)),
        kind("conflict", /Phase 2 is queued, not running/),
      );
    });

    it("are stored as a digest alone", async () => {
      begin();
      const { token } = await bench.reports.issueToken(bench.id(1));
      await bench.reports.reportWorkflow({ attemptToken: token, status: "completed" });
      await bench.restart();
      const holding = (text: string) =>
        Object.values(bench.files()).filter((content) => content.includes(text)).length;
      assert.equal(holding(token), 0);
      assert.notEqual(holding(tokenDigest(token)), 0);
    });
  });

  describe("as rows of the history", () => {
    it("are followed like those of an outside file", async () => {
      begin();
      const queueId = bench.id(1);
      const begun = await bench.reports.addWorkflow({ queueId, adwId: "adw-3", status: "running" });
      assert.deepEqual(begun.changed, []);
      assert.equal(bench.phase(1).adw_id, "adw-3");
      bench.clock.advance(1000);
      const { workflowId } = begun;
      const done = await bench.reports.addWorkflow({ workflowId, status: "completed" });
      assert.equal(done.workflowId, workflowId);
      assert.equal(bench.statuses(), "1 completed, 2 running");
      assert.match(
        done.message,
        /was changed: Phase 1 is completed, Phase 2 is ready, Phase 2 is running/,
      );
    });

    it("start a ready phase", async () => {
      bench.queue.setPaused(true);
      bench.enqueue({ number: 1, runner: "external" });
      bench.clock.advance(1000);
      await bench.reports.addWorkflow({ queueId: bench.id(1), status: "running" });
      assert.equal(bench.statuses(), "1 running");
    });

    it("fail once where automatic retries are left", async () => {
      bench.enqueue({ number: 1, runner: "external", retries: 3 });
      bench.coordinator.start();
      await bench.reports.addWorkflow({ queueId: bench.id(1), status: "failed" });
      await bench.restart();
      bench.outside.read();
      assert.equal(bench.statuses(), "1 ready");
      assert.equal(bench.queue.attempts(bench.id(1)).length, 1);
    });

    it("must be about something that is there", async () => {
      await assert.rejects(
        bench.reports.addWorkflow({ status: "running" }),
        kind("usage", /about/),
      );
      await assert.rejects(
        bench.reports.addWorkflow({ queueId: "nobody", status: "running" }),
        kind("notFound", /no phase nobody/),
      );
      await assert.rejects(
        bench.reports.addWorkflow({ workflowId: "nobody", status: "running" }),
        kind("notFound", /no workflow nobody/),
      );
    });
  });
});
