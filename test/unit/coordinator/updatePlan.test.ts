import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HopperError } from "../../../src/core/base/errors";
import { enqueuePlan } from "../../../src/core/coordinator/enqueuePlan";
import { updatePlan } from "../../../src/core/coordinator/updatePlan";
import { compareFrame, comparePlan, type PlanComparison } from "../../../src/core/plan/comparePlan";
import { parsePlan } from "../../../src/core/plan/parsePlan";
import type { UpdateRequest } from "../../../src/core/protocol/commands";
import { QueueBench } from "../queue/support/queueBench";

/** Plans as short as these are read without a thread. */
const noWorker = "/nonexistent";

const runners = new Map([
  ["shell", { kind: "shell" as const }],
  ["manual", { kind: "manual" as const }],
]);

/** Title, what it says, and its properties. */
type Sketch = readonly [title: string, text: string, properties?: string];

function plan(...phases: readonly Sketch[]): string {
  return phases
    .map(
      ([title, text, properties = ""], index) =>
        `## Phase ${index + 1}: ${title}\n${properties}\n\n\`\`\`sh\necho ${text}\n\`\`\`\n`,
    )
    .join("\n");
}

describe("updating a stored plan from its file", () => {
  let folder: string;
  let bench: QueueBench;
  let planId: string;

  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "hopper-update-")));
    bench = await QueueBench.open();
  });
  afterEach(async () => {
    await bench.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const path = (): string => join(folder, "plan.md");
  async function enqueue(...phases: readonly Sketch[]): Promise<void> {
    writeFileSync(path(), plan(...phases));
    const context = { workspace: folder, runners };
    planId = await enqueuePlan(bench.queue, { path: path() }, context, noWorker);
  }
  const write = (...phases: readonly Sketch[]): void => writeFileSync(path(), plan(...phases));
  const update = async (request: Omit<UpdateRequest, "planId">): Promise<string> => {
    const context = { workspace: folder, runners };
    const { message } = await updatePlan(bench.queue, { planId, ...request }, context, noWorker);
    return message;
  };
  const refused = (request: Omit<UpdateRequest, "planId">, message: RegExp, kind = "conflict") =>
    assert.rejects(
      () => update(request),
      (error: HopperError) => error.kind === kind && message.test(error.message),
    );
  const compared = (...phases: readonly Sketch[]): PlanComparison =>
    comparePlan(bench.queue.phases({ planId }), parsePlan(plan(...phases), { runners }).phases);
  /** "1 Build ready <-": number, title, status and dependencies of every phase. */
  const shown = (): string[] =>
    bench.queue
      .phases({ planId })
      .map(({ phase_number, phase_data, status, depends_on_phases }) =>
        `${phase_number} ${phase_data.title} ${status} <- ${depends_on_phases.join(" ")}`.trim(),
      );

  it("gives an unstarted phase the file's text, which is what is run then", async () => {
    await enqueue(["A", "one"], ["B", "two"]);
    write(["A", "one"], ["B", "changed", "Retries: 3"]);
    const id = bench.id(2);
    bench.news();
    assert.equal(await update({ update: [id] }), "Plan 1: Phase 2 was updated.");
    assert.match(bench.phase(2).phase_data.content, /changed/);
    assert.equal(bench.queue.phaseData(id)?.blocks[0]?.source, "echo changed\n");
    assert.equal(bench.queue.phaseData(id)?.properties.retries, 3);
    assert.deepEqual(bench.news(), ["plan_updated", "phase_updated 2"]);
  });

  it("is durable, and says that nothing differs any more", async () => {
    await enqueue(["A", "one"], ["B", "two"]);
    const before = bench.queue.plan(planId)?.source_sha256;
    write(["A", "one"], ["B", "changed"]);
    await update({ update: [bench.id(2)] });
    await bench.restart();
    assert.match(bench.phase(2).phase_data.content, /changed/);
    assert.notEqual(bench.queue.plan(planId)?.source_sha256, before);
  });

  it("leaves what is not asked for as it is", async () => {
    await enqueue(["A", "one"], ["B", "two"], ["C", "three"]);
    write(["A", "other"], ["B", "changed"], ["D", "new"]);
    const before = bench.queue.plan(planId)?.source_sha256;
    await update({ update: [bench.id(2)] });
    assert.match(bench.phase(1).phase_data.content, /one/);
    assert.match(bench.phase(3).phase_data.content, /three/);
    assert.equal(bench.queue.plan(planId)?.source_sha256, before);
  });

  it("never changes a running or completed phase, and lets a failed one be tried with a new text", async () => {
    await enqueue(["A", "one"], ["B", "two"]);
    write(["A", "other"], ["B", "two"]);
    const id = bench.id(1);
    const attemptId = bench.claim(1);
    await refused({ update: [id] }, /Phase 1 is running: it keeps the text/);
    bench.queue.settle({ attemptId, verdict: { outcome: "exit", message: "broke" } });
    await update({ update: [id] });
    assert.match(bench.phase(1).phase_data.content, /other/);
    assert.equal(bench.phase(1).status, "failed");
    bench.queue.retry(id);
    bench.complete(1);
    write(["A", "third"], ["B", "two"]);
    await refused({ update: [id] }, /Phase 1 is completed/);
  });

  it("puts a phase in between: numbers follow the file, and what comes behind waits for it", async () => {
    await enqueue(["A", "one"], ["B", "two"], ["C", "three"]);
    bench.complete(1);
    write(["A", "one"], ["New", "new"], ["B", "two"], ["C", "three"]);
    const [b, c] = [bench.id(2), bench.id(3)];
    assert.equal(await update({ add: [2] }), "Plan 1: Phase 2 was added.");
    assert.deepEqual(shown(), [
      "1 A completed <-",
      "2 New ready <- 1",
      "3 B queued <- 2",
      "4 C queued <- 3",
    ]);
    assert.deepEqual([bench.id(3), bench.id(4)], [b, c]);
  });

  it("does not let a phase overtake those before it because one in between was not added", async () => {
    await enqueue(["A", "one"], ["B", "two"]);
    write(["A", "one"], ["New", "new"], ["B", "changed"]);
    await update({ update: [bench.id(2)] });
    assert.deepEqual(shown(), ["1 A ready <-", "3 B queued <- 1"]);
  });

  it("removes a phase that is gone from the file, and lets go on what waited for it", async () => {
    await enqueue(["A", "one"], ["B", "two"], ["C", "three"]);
    write(["A", "one"], ["C", "three"]);
    bench.news();
    assert.equal(await update({ remove: [bench.id(2)] }), "Plan 1: Phase 2 was removed.");
    assert.deepEqual(shown(), ["1 A ready <-", "2 C queued <- 1"]);
    assert.deepEqual(bench.news(), ["plan_updated", "phase_removed 2 queued>", "phase_updated 2"]);
  });

  it("keeps what is gone from the file until it is removed, under a number of its own", async () => {
    await enqueue(["A", "one"], ["B", "two"], ["C", "three"]);
    write(["A", "one"], ["C", "changed"]);
    await update({ update: [bench.id(3)] });
    assert.deepEqual(shown(), ["1 A ready <-", "2 C queued <- 1", "3 B queued <- 1"]);
  });

  it("goes on blocking what a removed phase blocked, whoever gets its number", async () => {
    await enqueue(["A", "one"], ["B", "two"], ["C", "three"]);
    bench.queue.removePhase(bench.id(2));
    assert.equal(bench.phase(3).status, "blocked");
    write(["A", "one"], ["C", "three"]);
    await update({});
    assert.deepEqual(shown().slice(0, 1), ["1 A ready <-"]);
    assert.match(shown()[1] ?? "", /^2 C blocked/);
  });

  it("refuses phases that would wait for one another, and the text that nobody saw", async () => {
    await enqueue(["A", "one"], ["B", "two"]);
    write(["A", "changed", "Depends on: Phase 2"], ["B", "two!", "Depends on: none"]);
    await refused({ update: [bench.id(1)] }, /Phases 1 and 2 would wait for one another/);
    await refused({ update: [bench.id(1)], sha256: "0".repeat(64) }, /changed since it was shown/);
    await update({ update: [bench.id(1), bench.id(2)] });
    assert.deepEqual(shown(), ["1 A queued <- 2", "2 B ready <-"]);
  });

  it("refuses a file with errors, and phases that are not what the request takes them for", async () => {
    await enqueue(["A", "one"], ["B", "two"]);
    await refused({ add: [2] }, /is in the queue already/, "notFound");
    await refused({ remove: [bench.id(2)] }, /still in the plan's file/, "notFound");
    await refused({ update: ["nobody"] }, /not, or no longer/, "notFound");
    writeFileSync(path(), plan(["A", "one"]).replace("Phase 1", "Phase 2"));
    await refused({ update: [bench.id(1)] }, /Phase 1 is missing/, "invalidPlan");
    assert.deepEqual(shown(), ["1 A ready <-", "2 B queued <- 1"]);
  });

  it("lets phases that changed places in the file wait for one another as they stand there", async () => {
    await enqueue(["A", "one"], ["B", "two"], ["C", "three"]);
    const changed = [
      ["B", "two"],
      ["A", "one"],
      ["C", "three"],
    ] as const;
    const moved = compared(...changed).pairs.filter((pair) => pair.moved);
    assert.deepEqual(
      moved.map(({ stored }) => stored.phase_data.title),
      ["B", "A", "C"],
    );
    write(...changed);
    assert.equal(
      await update({ update: moved.map(({ stored }) => stored.queue_id) }),
      "Plan 1: Phases 1, 2 and 3 were updated.",
    );
    assert.deepEqual(shown(), ["1 B ready <-", "2 A queued <- 1", "3 C queued <- 2"]);
    assert.ok(compared(...changed).pairs.every((pair) => !pair.moved));
  });

  it("sees no phase changing places where others come and go, or where nothing depends on it", async () => {
    await enqueue(["A", "one"], ["B", "two"], ["C", "three"]);
    const noneMoved = (comparison: PlanComparison): void =>
      assert.ok(comparison.pairs.every((pair) => !pair.moved && !pair.differs));
    noneMoved(compared(["New", "new"], ["A", "one"], ["C", "three"]));
    bench.queue.removePlan(planId);
    const free = "Depends on: none";
    await enqueue(["A", "one", free], ["B", "two", free]);
    noneMoved(compared(["B", "two", free], ["A", "one", free]));
  });

  it("takes the plan's title and context, alone or with its phases", async () => {
    const text = (title: string, context: string, phase: string): void =>
      writeFileSync(path(), `# ${title}\n\n${context}\n\n${plan(["A", phase])}`);
    text("Old", "Know this.", "one");
    const context = { workspace: folder, runners };
    planId = await enqueuePlan(bench.queue, { path: path() }, context, noWorker);
    const { source_sha256 } = bench.queue.plan(planId) ?? {};
    text("New", "Know that.", "two");
    assert.equal(
      await update({ context: true }),
      "Plan 1: its title and context are those of the file.",
    );
    assert.equal(bench.queue.plan(planId)?.title, "New");
    assert.equal(bench.queue.planContext(planId), "# New\n\nKnow that.");
    assert.equal(bench.queue.plan(planId)?.source_sha256, source_sha256, "its phase differs still");
    text("Newer", "Know that.", "one");
    await update({});
    assert.equal(bench.queue.plan(planId)?.title, "Newer", "nothing else differs any more");
  });

  it("takes a title that was given with the plan for no difference", () => {
    const written = { title: "In the file", context: "c", sha256: "1" };
    const given = { ...written, title: "Given" };
    assert.deepEqual(compareFrame(given, written), { title: false, context: false });
    assert.deepEqual(compareFrame(given, { ...written, sha256: "2" }), {
      title: true,
      context: false,
    });
  });

  it("finds phases again that were renamed, renumbered or both", async () => {
    await enqueue(["A", "one"], ["B", "two"], ["C", "three"]);
    const told = ({ pairs, added, removed }: PlanComparison): string[] => [
      ...pairs.map(
        ({ stored, written, differs }) =>
          `${stored.phase_data.title}${stored.phase_number} ${written.title}${written.number}${differs ? "!" : ""}`,
      ),
      ...added.map(({ title }) => `+${title}`),
      ...removed.map(({ phase_data }) => `-${phase_data.title}`),
    ];
    assert.deepEqual(told(compared(["A", "one"], ["B", "two"], ["C", "three"])), [
      "A1 A1",
      "B2 B2",
      "C3 C3",
    ]);
    assert.deepEqual(told(compared(["C", "three"], ["A", "one"], ["Bee", "two"])), [
      "C3 C1",
      "A1 A2",
      "B2 Bee3!",
    ]);
    assert.deepEqual(told(compared(["A", "one"], ["New", "x"], ["B", "two!"], ["C", "three"])), [
      "A1 A1",
      "B2 B3!",
      "C3 C4",
      "+New",
    ]);
    assert.deepEqual(told(compared(["A", "one"], ["C", "three"])), ["A1 A1", "C3 C2", "-B"]);
  });
});
