import assert from "node:assert/strict";
import * as z from "zod";
import { queueSource } from "../../../src/core/apiDoor";
import { systemClock } from "../../../src/core/base/clock";
import { silentLogger } from "../../../src/core/base/log";
import { AttemptFolders } from "../../../src/core/coordinator/attemptFolders";
import { QueueBench } from "../queue/support/queueBench";
import { ApiFixture, tcpToken } from "./apiFixture";

const plans = 100;
const phasesPerPlan = 1_000;

describe("A queue of 100,000 phases", function () {
  this.timeout(300_000);
  let bench: QueueBench;

  before(async () => {
    bench = await QueueBench.open();
    for (let plan = 0; plan < plans; plan++) {
      bench.enqueue(1);
    }
    // Enqueuing them would take minutes; each row is one that an enqueue makes, but for its number.
    bench.store.database.run(
      `WITH RECURSIVE numbers (number) AS (
         SELECT 2 UNION ALL SELECT number + 1 FROM numbers WHERE number < ${phasesPerPlan})
       INSERT INTO phase_queue (queue_id, plan_id, phase_number, label, status, depends_on_phase,
         depends_on_phases, phase_data, runner, queue_position, created_at, updated_at, start_line, title)
       SELECT p.queue_id || '-' || number, p.plan_id, number, 'L' || number, 'queued', number - 1,
         json_array(number - 1), json_set(p.phase_data, '$.content', 'what to do in ' || number),
         p.runner, p.queue_position, p.created_at, p.updated_at, number, 'Step ' || number
       FROM numbers CROSS JOIN phase_queue AS p`,
    );
  });

  after(() => bench.remove());

  it("is listed whole, each phase as it is, the first time and from memory", async () => {
    const folders = new AttemptFolders(bench.bench.paths.folder, silentLogger);
    const waiting = { kind: "running", text: "it runs" } as const;
    const queue = queueSource(bench.queue, folders, systemClock, () => waiting);
    const api = await new ApiFixture(systemClock, { queue }).open();
    try {
      const expected = bench.queue.phases();
      assert.equal(expected.length, plans * phasesPerPlan);
      for (const time of ["first", "second"]) {
        const response = await fetch(`http://127.0.0.1:${api.port}/api/queue`, {
          headers: { Authorization: `Bearer ${tcpToken}` },
        });
        const { phases, total } = z
          .object({ phases: z.array(z.unknown()), total: z.number() })
          .parse(await response.json());
        assert.equal(total, expected.length, time);
        assert.equal(phases.length, expected.length, time);
        for (const [index, phase] of phases.entries()) {
          assert.deepEqual(phase, expected[index]);
        }
      }
    } finally {
      await api.dispose();
    }
  });
});
