import assert from "node:assert/strict";
import type { PhaseQueueItem } from "../../../src/core/protocol/queue";
import { phaseStatuses } from "../../../src/core/protocol/terms";
import { QueueBench } from "./support/queueBench";

describe("the overview of phases", () => {
  let bench: QueueBench;

  beforeEach(async () => {
    bench = await QueueBench.open();
    bench.enqueue(3);
    bench.complete(1);
    bench.fail(2, "it broke: 'quoted' \ud83d\ude00", "verify");
    bench.enqueue([{ number: 1 }, { number: 2 }, { number: 3, dependsOn: [] }], 20);
    bench.claim(1, 2);
  });
  afterEach(() => bench.remove());

  it("says of each phase what the whole one says", () => {
    const whole = bench.queue.phases();
    const statuses = new Set(whole.map(({ status }) => status));
    assert.deepEqual([...statuses].sort(), [...phaseStatuses].sort());
    assert.deepEqual(plain(bench.queue.overview()), plain(whole.map(short)));
    const second = whole.filter(({ plan_number }) => plan_number === 2);
    assert.deepEqual(plain(bench.queue.overview(2)), plain(second.map(short)));
  });

  it("is of phases that, one by one, are what the list of them says", () => {
    for (const content of [true, false]) {
      for (const phase of bench.queue.phases({ content })) {
        assert.deepEqual(bench.queue.phase(phase.queue_id, content), phase);
      }
    }
  });
});

function short(phase: PhaseQueueItem): object {
  const { plan_number, phase_number, status, depends_on_phases, issue_number, reason } = phase;
  const { error_message, not_before, started_at, finished_at, attempts, phase_data } = phase;
  return {
    ...{ plan_number, phase_number, status, depends_on_phases, issue_number, reason },
    ...{ error_message, not_before, started_at, finished_at },
    attempts: status === "running" ? attempts : undefined,
    phase_data: { title: phase_data.title },
  };
}

/** Without fields that hold undefined. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
