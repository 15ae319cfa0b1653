import assert from "node:assert/strict";
import { QueueBench } from "./support/queueBench";

describe("the order of starting", () => {
  let bench: QueueBench;
  beforeEach(async () => {
    bench = await QueueBench.open();
  });
  afterEach(() => bench.remove());

  const next = (): string => {
    const now = new Date(0).toISOString();
    const phase = bench.queue.nextToStart({ now, withoutSlot: [], slotFree: true });
    const plan = phase && bench.queue.plan(phase.planId)?.plan_number;
    return `${plan ?? ""}.${phase?.number ?? ""}`;
  };
  const independent = [1, 2, 3].map((number) => ({ number, dependsOn: [] }));

  it("is that of enqueuing until a plan is moved, and survives a restart", async () => {
    const [one, two, three] = [bench.enqueue(1), bench.enqueue(1), bench.enqueue(1)];
    assert.deepEqual(bench.queue.planOrder(), [one, two, three]);
    bench.news();
    bench.queue.movePlan(three, one);
    assert.deepEqual(bench.queue.planOrder(), [three, one, two]);
    assert.deepEqual(bench.news(), ["plan_moved"]);
    assert.equal(next(), "3.1");
    bench.queue.movePlan(three);
    assert.deepEqual(bench.queue.planOrder(), [one, two, three]);
    bench.queue.movePlan(two, one);
    await bench.restart();
    assert.equal(next(), "2.1");
    assert.equal(bench.enqueue(1), bench.queue.planOrder().at(-1), "a new plan goes last");
  });

  it("is decided by priority first, and a move against it is refused", () => {
    const urgent = bench.enqueue(1, 10);
    const normal = bench.enqueue(1, 50);
    assert.throws(() => bench.queue.movePlan(normal, urgent), /priority 50/);
    assert.deepEqual(bench.queue.planOrder(), [urgent, normal]);
  });

  it("puts a waiting phase before others of its plan", async () => {
    const planId = bench.enqueue(independent);
    bench.news();
    bench.queue.movePhase(bench.id(3), bench.id(1));
    assert.deepEqual(bench.queue.phaseOrder(planId), [3, 1, 2]);
    assert.deepEqual(bench.news(), ["phase_moved 3"]);
    assert.equal(next(), "1.3");
    bench.queue.movePhase(bench.id(1));
    assert.deepEqual(bench.queue.phaseOrder(planId), [3, 2, 1]);
    const behind = bench.enqueue(1);
    await bench.restart();
    assert.deepEqual(bench.queue.planOrder(), [planId, behind]);
    assert.deepEqual(bench.queue.phaseOrder(planId), [3, 2, 1]);
  });

  it("never puts a phase before one that it waits for, and moves none that has started", () => {
    const planId = bench.enqueue([...independent, { number: 4, dependsOn: [2] }]);
    assert.throws(() => bench.queue.movePhase(bench.id(4), bench.id(1)), /waits for Phase 2/);
    assert.throws(() => bench.queue.movePhase(bench.id(2)), /Phase 4 waits for it/);
    bench.claim(1);
    assert.throws(() => bench.queue.movePhase(bench.id(1)), /has not started can be moved/);
    assert.deepEqual(bench.queue.phaseOrder(planId), [1, 2, 3, 4]);
  });
});
