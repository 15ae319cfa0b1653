import assert from "node:assert/strict";
import { phaseQueueItemSchema } from "../../../src/core/api/schemas";
import type { SqlValue } from "../../../src/core/queue/sqlDatabase";
import { Dice, oneOf } from "../../support/dice";
import { QueueBench } from "./support/queueBench";
import { Play } from "./support/randomPlay";

const optionalColumns = {
  integer: ["parent_issue", "issue_number", "depends_on_phase", "pr_number"],
  text: ["adw_id", "error_message"],
  time: ["ready_at", "not_before", "started_at", "finished_at"],
  reason: ["reason"],
} as const;

/** What JSON, SQL and terminals have a meaning for. */
const texts = [
  "",
  'say "no"',
  "back\\slash, ',' and ''",
  "line\nbreak\ttab\u0000\u0001\u001f",
  '","reason":null,"x":"',
  "ünï → 日本 🚀 \u2028\u2029",
  "</script>",
] as const;

describe("The list of all phases as JSON", () => {
  let bench: QueueBench;

  beforeEach(async () => {
    bench = await QueueBench.open();
  });

  afterEach(() => bench.remove());

  function assertListed(when: string): void {
    for (const content of [true, false]) {
      const pages = [...bench.queue.phasePages({ content })];
      const json = Buffer.concat(pages.map((page) => page.json)).subarray(1);
      const listed: unknown = JSON.parse(`[${json.toString("utf8")}]`);
      assert.deepEqual(listed, bench.queue.phases({ content }), when);
      assert.equal(
        pages.reduce((sum, { count }) => sum + count, 0),
        Array.isArray(listed) ? listed.length : -1,
      );
      // What the schema does not know it leaves out: so nothing else is there.
      assert.deepEqual(phaseQueueItemSchema.array().parse(listed), listed, when);
    }
  }

  it("can be had of one plan in turns, between which the queue can change", async () => {
    bench.enqueue(3);
    const planId = bench.enqueue(300);
    const reading = bench.queue.phasesInTurns(planId);
    const last = bench.queue.phases({ planId }).at(-1)?.queue_id ?? "";
    bench.queue.skip(last);
    const listed = await reading;
    assert.deepEqual(listed, bench.queue.phases({ planId }));
    assert.equal(listed.at(-1)?.status, "completed");
  });

  it("is the same as phase by phase, for every shape that a row can have", () => {
    const dice = new Dice(7);
    bench.enqueue(40);
    const { database } = bench.store;
    const columns = Object.entries(optionalColumns).flatMap(([kind, names]) =>
      names.map((name) => ({ kind, name })),
    );
    const valueOf = (kind: string): SqlValue => {
      const values: Record<string, SqlValue> = {
        integer: dice.below(2 ** 40),
        text: oneOf(dice, texts) ?? "",
        time: "2026-03-01T10:02:00.000Z",
        reason: oneOf(dice, ["exit", "skipped", "verify"]) ?? "exit",
      };
      return values[kind] ?? null;
    };
    for (let shape = 0; shape < 2 ** columns.length; shape += 13) {
      const set = columns.map(({ kind, name }, bit) => ({
        name,
        value: (shape >> bit) % 2 === 1 ? valueOf(kind) : null,
      }));
      const text = oneOf(dice, texts) ?? "";
      const data = { title: text, content: text, externalDocs: [text] };
      const status = oneOf(dice, ["queued", "ready", "running", "completed", "blocked", "failed"]);
      database.run(
        `UPDATE phase_queue SET ${set.map(({ name }) => `${name} = ?`).join(", ")},
           label = ?, runner = ?, title = ?, phase_data = ?, status = ?, depends_on_phases = ?
         WHERE queue_id = ?`,
        [
          ...set.map(({ value }) => value),
          ...[text, text, text, JSON.stringify(data), status ?? "ready"],
          ...[JSON.stringify([3, 1].slice(0, shape % 3)), bench.id(1 + (shape % 40))],
        ],
      );
      assertListed(`shape ${shape}`);
    }
  });

  it("is the same after whatever is done to the queue", async () => {
    const play = new Play(bench, new Dice(11));
    for (let step = 0; step < 300; step++) {
      assertListed(`step ${step}: ${await play.step()}`);
    }
    assert.ok(play.worked > 60, "enough of the commands were allowed");
  });

  it("is the same in queues of many pages, wherever something changes, comes or goes", () => {
    bench.enqueue(
      Array.from({ length: 700 }, (_, index) => ({ number: index + 1, dependsOn: [] })),
    );
    bench.enqueue(300);
    assertListed("made");
    bench.claim(260);
    assertListed("claimed, on the second page");
    bench.store.database.run(
      `INSERT INTO attempts (attempt_id, queue_id, attempt_number, runner, command, state, started_at)
       VALUES ('more', ?, 7, 'shell', '[]', 'ended', '2026-03-01T10:02:00.000Z')`,
      [bench.id(270)],
    );
    assertListed("one more attempt, and nothing else");
    bench.store.database.run("DELETE FROM attempts WHERE attempt_id = 'more'");
    assertListed("and one less");
    bench.enqueue(30);
    assertListed("enqueued behind the last page");
    bench.enqueue(1000);
    bench.enqueue(1000);
    assertListed("enqueued so much that all is read anew");
    bench.queue.removePhase(bench.id(100));
    assertListed("removed from the first page");
    bench.queue.removePlan(bench.phase(1, 2).plan_id);
    assertListed("removed a plan");
    const long = JSON.stringify({ title: "long", content: "x".repeat(600_000), externalDocs: [] });
    bench.store.database.run("UPDATE phase_queue SET phase_data = ? WHERE phase_number = 300", [
      long,
    ]);
    assertListed("a text that fills a page");
    bench.store.database.run(
      "UPDATE phase_queue SET phase_number = 2000 WHERE phase_number = 300 AND plan_id = ?",
      [bench.phase(1).plan_id],
    );
    assertListed("a phase at another place");
    bench.store.database.run("UPDATE plans SET plan_number = 90 WHERE plan_number = 1");
    assertListed("a plan at another place");
  });

  it("is right for two that read it at once while it changes", () => {
    bench.enqueue(900);
    const idsOf = (json: string): string[] =>
      phaseQueueItemSchema
        .array()
        .parse(JSON.parse(`[${json.slice(1)}]`))
        .map(({ queue_id }) => queue_id);
    const ids = bench.queue.phases({ content: false }).map(({ queue_id }) => queue_id);
    const readers = [true, false].map((content) => ({
      pages: bench.queue.phasePages({ content })[Symbol.iterator](),
      json: "",
    }));
    const removed: string[] = [];
    for (let isOver = false; !isOver;) {
      isOver = true;
      for (const reader of readers) {
        const next = reader.pages.next();
        if (next.done !== true) {
          reader.json += next.value.json.toString("utf8");
          isOver = false;
        }
        const id = ids[removed.length];
        bench.queue.removePhase(id ?? "");
        removed.push(id ?? "");
      }
    }
    for (const { json } of readers) {
      const found = idsOf(json);
      assert.equal(new Set(found).size, found.length);
      const all = new Set(found);
      assert.deepEqual(
        ids.filter((id) => !all.has(id) && !removed.includes(id)),
        [],
      );
    }
    assertListed("after it");
  });
});
