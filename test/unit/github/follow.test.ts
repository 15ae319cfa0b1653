import assert from "node:assert/strict";
import type { NewPhase } from "../../../src/core/queue/queue";
import { MirrorBench } from "./support/mirrorBench";

describe("the issues of a plan that changes", () => {
  let bench: MirrorBench;

  beforeEach(async () => {
    bench = await MirrorBench.open();
    bench.github.addIssue("Parent");
  });
  afterEach(() => bench.end());

  const idOf = (number: number): string => bench.queue.phaseByNumber(1, number)?.queue_id ?? "";
  const states = (): string[] =>
    bench.github.issues
      .slice(1)
      .map(({ title, state, stateReason }) =>
        [title, state, ...(state === "closed" ? [stateReason] : [])].join(" "),
      );

  it("are not begun for a phase that was removed before", async () => {
    bench.queue.setPaused(true);
    bench.mirror(bench.enqueue(["One", "Two"]), { parentIssue: 1, creates: "enqueue" });
    bench.queue.removePhase(idOf(2));
    bench.queue.setPaused(false);
    await bench.mirrored();
    assert.deepEqual(states(), ["Phase 1 of 1: One open"]);
  });

  it("are closed as not planned when their phase is removed, and the others count anew", async () => {
    bench.mirror(bench.enqueue(["One", "Two"]), { parentIssue: 1, creates: "enqueue" });
    await bench.mirrored();
    bench.queue.removePhase(idOf(2));
    await bench.mirrored();
    assert.deepEqual(states(), ["Phase 1 of 1: One open", "Phase 2 of 2: Two closed not_planned"]);
  });

  it("are closed as not planned when their plan is removed; what completed stays completed", async () => {
    const planId = bench.enqueue(["One", "Two"]);
    bench.mirror(planId);
    bench.complete(1);
    await bench.mirrored();
    bench.complete(2);
    // Nothing of this is written yet.
    bench.queue.removePlan(planId);
    await bench.mirrored();
    assert.deepEqual(states(), [
      "Launch open",
      "Phase 1 of 2: One closed completed",
      "Phase 2 of 2: Two closed completed",
    ]);
    assert.match(bench.github.commentsOn(2)[0]?.body ?? "", /All phases complete!/);
    assert.match(bench.github.issue(2).body, /2 of 2 phases completed/);
  });

  it("tell what a plan came to whose last phase was removed", async () => {
    bench.mirror(bench.enqueue(["One"]), { parentIssue: 1 });
    await bench.mirrored();
    bench.fail(1, "no luck");
    bench.queue.removePhase(idOf(1));
    await bench.mirrored();
    assert.match(bench.github.commentsOn(1)[0]?.body ?? "", /0 of 1 phases completed/);
    assert.deepEqual(states(), ["Phase 1 of 1: One closed not_planned"]);
  });

  it("follow the plan's file, and keep what people wrote", async () => {
    const planId = bench.enqueue(["One", "Two"]);
    bench.mirror(planId, { parentIssue: 1, creates: "enqueue" });
    await bench.mirrored();
    const [, first, second] = bench.github.issues;
    assert.ok(first && second);
    second.body = `Mine!\n\n${second.body}`;
    const before = bench.github.writes.length;
    bench.queue.update({
      planId,
      removed: [],
      kept: new Map([
        [idOf(1), { number: 1, dependsOn: [] }],
        [idOf(2), { number: 3, dependsOn: [2] }],
      ]),
      updated: new Map([[idOf(2), phase(3, "Two renamed")]]),
      added: [phase(2, "Between")],
    });
    await bench.mirrored();
    assert.deepEqual(states(), [
      "Phase 1 of 3: One open",
      "Phase 3 of 3: Two renamed open",
      "Phase 2 of 3: Between open",
    ]);
    assert.match(second.body, /^Mine![^]*- Phase 3 of 3 of “Launch”[^]*New text of Two renamed/);
    const written = bench.github.writes.length - before;
    bench.queue.update({ planId, removed: [], kept: new Map(), updated: new Map(), added: [] });
    await bench.mirrored();
    const patched = bench.github.writes.slice(before + written);
    assert.ok(
      patched.every(({ path }) => path.includes("/comments/")),
      "nothing else differs",
    );
  });

  it("are opened again on a retry, also where a person closed them", async () => {
    bench.mirror(bench.enqueue(["One"]), { parentIssue: 1 });
    await bench.mirrored();
    bench.fail(1, "no luck");
    await bench.mirrored();
    const issue = bench.github.issue(2);
    issue.state = "closed";
    bench.queue.retry(idOf(1));
    await bench.mirrored();
    assert.deepEqual([issue.state, issue.stateReason], ["open", "reopened"]);
  });

  it("are closed as not planned when their phase is skipped", async () => {
    bench.mirror(bench.enqueue(["One", "Two"]), { parentIssue: 1 });
    await bench.mirrored();
    bench.queue.skip(idOf(1));
    await bench.mirrored();
    assert.equal(states()[0], "Phase 1 of 2: One closed not_planned");
    assert.match(bench.github.commentsOn(1)[0]?.body ?? "", /was skipped\. Phase 2 is ready\./);
  });

  it("come all at once, and stay open, when that is asked for", async () => {
    bench.mirror(bench.enqueue(["One", "Two"]), {
      parentIssue: 1,
      creates: "enqueue",
      closes: false,
    });
    await bench.mirrored();
    assert.equal(bench.github.issues.length, 3);
    bench.complete(1);
    bench.queue.skip(idOf(2));
    await bench.mirrored();
    assert.deepEqual(states(), ["Phase 1 of 2: One open", "Phase 2 of 2: Two open"]);
  });

  it("are on a server of one's own where its sign-in is", async () => {
    bench.apiUrl = "https://git.example.com/api/v3";
    const planId = bench.enqueue(["One"]);
    bench.mirror(planId, { apiUrl: bench.apiUrl });
    await bench.mirrored();
    assert.deepEqual(states(), ["Launch open", "Phase 1 of 1: One open"]);
    assert.equal(bench.queue.issueUrl(planId, 3), "https://git.example.com/acme/rockets/issues/3");
  });

  it("say that the plan moves on only where it does", async () => {
    bench.mirror(bench.enqueue(["One", "Two", "Three"]), { parentIssue: 1, comments: "each" });
    const attemptId = bench.run(1);
    const next = bench.queue.together(() => {
      bench.queue.settle({ attemptId, verdict: { outcome: "completed" } });
      return bench.run(2);
    });
    bench.queue.settle({ attemptId: next, verdict: { outcome: "completed" } });
    await bench.mirrored();
    const said = bench.github.commentsOn(1).map(({ body }) => body.split("\n")[0] ?? "");
    assert.match(said[0] ?? "", /completed.*\. Moving to Phase 2\.$/);
    assert.match(said[1] ?? "", /completed.*\. Phase 3 is ready\.$/);
  });

  it("cost a commit no more the longer the plan is", () => {
    const sizes = [20, 200].map((length, index) => {
      const titles = Array.from({ length }, (_, at) => `Step ${at + 1}`);
      bench.mirror(bench.enqueue(titles), { parentIssue: 1, comments: "each" });
      const attemptId = bench.run(1, index + 1);
      const before = bench.journalSize;
      bench.queue.settle({ attemptId, verdict: { outcome: "completed" } });
      return bench.journalSize - before;
    });
    assert.ok((sizes[1] ?? 0) < (sizes[0] ?? 0) + 100, `${sizes.join(" and ")} bytes`);
  });
});

function phase(number: number, title: string): NewPhase {
  return {
    number,
    label: String(number),
    dependsOn: [number - 1],
    runner: "shell",
    startLine: 0,
    data: {
      title,
      content: `New text of ${title}.`,
      instructions: "",
      externalDocs: [],
      blocks: [],
      verify: [],
      properties: {},
    },
  };
}
