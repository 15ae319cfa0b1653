import assert from "node:assert/strict";
import { HopperError } from "../../../../src/core/base/errors";
import type { PhaseStatus } from "../../../../src/core/protocol/terms";
import { type Decisions, oneOf } from "../../../support/dice";
import { newPhase, type PhaseSketch, type QueueBench } from "./queueBench";
import { Model, type ModelPhase } from "./queueModel";
import { dump } from "./storeBench";

const commands = [
  "enqueue",
  "claim",
  "claim",
  "claim",
  "complete",
  "complete",
  "complete",
  "fail",
  "retry later",
  "retry",
  "skip",
  "remove",
  "drop",
  "clear",
  "remove plan",
  "late report",
  "refused",
  "pause",
  "pause plan",
  "move plan",
  "update plan",
  "replay",
  "snapshot",
  "restart",
] as const;

/** The status in which a command does what it is for. */
const suited: Partial<Record<(typeof commands)[number], PhaseStatus>> = {
  claim: "ready",
  complete: "running",
  fail: "running",
  "retry later": "running",
  retry: "failed",
  skip: "blocked",
  drop: "blocked",
};

/** Random commands given to a queue and to a model of it. */
export class Play {
  worked = 0;
  private readonly model = new Model();
  private readonly ended: string[] = [];
  private lastPlan = 0;

  constructor(
    private readonly bench: QueueBench,
    private readonly dice: Decisions,
  ) {}

  /** Does something to both; answers what. */
  async step(): Promise<string> {
    const command = oneOf(this.dice, commands) ?? "claim";
    const [plan, number] = this.target(suited[command]);
    const what = `${command} ${plan}.${number}`;
    if (command === "replay" || command === "snapshot" || command === "restart") {
      await this.checkFiles(command, what);
      return what;
    }
    if (command === "enqueue" || plan === 0) {
      this.enqueue();
      return what;
    }
    const before = dump(this.bench.store.database);
    const allowed = this.play(command, plan, number);
    if (allowed) {
      this.worked++;
    } else {
      assert.equal(dump(this.bench.store.database), before, `${what} changed something`);
    }
    return what;
  }

  check(when: string): void {
    const found = this.bench.queue
      .phases({ content: false })
      .map(({ plan_number, phase_number, status, error_message }) => {
        const why = status === "blocked" ? ` ${error_message ?? ""}` : "";
        return `${plan_number}.${phase_number} ${status}${why}`;
      });
    assert.deepEqual(found, this.model.show(), when);
    assert.deepEqual(
      this.bench.queue
        .openAttempts()
        .map(({ attempt_id }) => attempt_id)
        .sort(),
      [...this.model.plans.values()]
        .flatMap((phases) => [...phases.values()])
        .flatMap(({ fate, attempt }) => (fate === "running" && attempt ? [attempt] : []))
        .sort(),
      when,
    );
    const events = this.bench.announced.flat();
    assert.equal(this.bench.queue.lastEventId, events.length, when);
    assert.equal(events.at(-1)?.event_id ?? 0, events.length, when);
    for (const batch of this.bench.announced.slice(-1)) {
      if (batch[0]?.type === "plan_updated") {
        // Many causes at once.
        continue;
      }
      this.checkOrder(
        batch.map(({ phase_number }) => phase_number ?? 0),
        when,
      );
    }
  }

  /** The cause comes first; of the effects, whatever they are, each follows a smaller number. */
  private checkOrder(numbers: readonly number[], when: string): void {
    const effects = numbers.slice(1).filter((number) => number > 0);
    assert.deepEqual(
      effects,
      effects.toSorted((a, b) => a - b),
      when,
    );
  }

  /** A phase; mostly one with which the command can do something. */
  private target(status: PhaseStatus | undefined): [plan: number, number: number] {
    const all = [...this.model.plans].flatMap(([plan, phases]) =>
      [...phases.keys()].map((number): [number, number] => [plan, number]),
    );
    const fitting = all.filter(([plan, number]) => this.model.status(plan, number) === status);
    const careless = fitting.length === 0 || this.dice.below(5) === 0;
    return oneOf(this.dice, careless ? all : fitting) ?? [0, 0];
  }

  /** What the files say is what memory says: the journal's lines, a snapshot, or what a close leaves. */
  private async checkFiles(
    command: "replay" | "snapshot" | "restart",
    when: string,
  ): Promise<void> {
    const before = dump(this.bench.store.database);
    if (command === "restart") {
      await this.bench.restart();
      assert.equal(dump(this.bench.store.database), before, when);
      return;
    }
    if (command === "snapshot") {
      await this.bench.store.snapshot();
    }
    assert.equal(await this.bench.replayed(), before, when);
  }

  private enqueue(): void {
    if (this.model.plans.size > 4) {
      return;
    }
    const count = 1 + this.dice.below(8);
    // Any order without a cycle: each phase depends on some that come before it in a shuffled row.
    const row = Array.from({ length: count }, (_, index) => index + 1);
    row.forEach((value, index) => {
      const other = this.dice.below(index + 1);
      row[index] = row[other] ?? value;
      row[other] = value;
    });
    const phases: PhaseSketch[] = row
      .map((number, index) => ({
        number,
        dependsOn: row.slice(0, index).filter(() => this.dice.below(3) === 0),
      }))
      .sort((a, b) => a.number - b.number);
    this.bench.enqueue(phases);
    this.lastPlan++;
    this.model.plans.set(
      this.lastPlan,
      new Map(
        phases.map(({ number, dependsOn }) => [
          number,
          { dependsOn: [...(dependsOn ?? [])], fate: "waiting" as const },
        ]),
      ),
    );
  }

  /** Asks the queue and, where it may be done, does the same to the model; answers whether. */
  private play(
    command: Exclude<(typeof commands)[number], "enqueue" | "replay" | "snapshot" | "restart">,
    plan: number,
    number: number,
  ): boolean {
    const { queue } = this.bench;
    const phase = this.model.plans.get(plan)?.get(number);
    assert.ok(phase);
    const status = this.model.status(plan, number);
    const queueId = this.bench.id(number, plan);
    const planId = queue.planByNumber(plan)?.plan_id ?? "";
    switch (command) {
      case "claim":
        return this.expect(status === "ready", () => {
          const attempt = this.bench.claim(number, plan);
          return () => Object.assign(phase, { fate: "running", attempt });
        });
      case "complete":
      case "fail":
      case "retry later": {
        if (!phase.attempt || status !== "running") {
          return false;
        }
        const attemptId = phase.attempt;
        const message = `reason ${this.dice.below(3)}`;
        const verdict =
          command === "complete"
            ? { outcome: "completed" as const }
            : { outcome: "exit" as const, message };
        const retryAt = command === "retry later" ? { retryAt: "2026-01-01T00:00:05.000Z" } : {};
        assert.ok(queue.settle({ attemptId, verdict, ...retryAt }));
        const fate = { complete: "completed", fail: "failed", "retry later": "waiting" }[command];
        Object.assign(phase, { fate, message });
        this.ended.push(attemptId);
        return true;
      }
      case "retry":
        return this.expect(status === "failed", () => {
          queue.retry(queueId);
          return () => Object.assign(phase, { fate: "waiting" });
        });
      case "skip":
        return this.expect(status !== "running" && status !== "completed", () => {
          queue.skip(queueId);
          return () => Object.assign(phase, { fate: "completed" });
        });
      case "remove":
        return this.expect(status !== "running", () => {
          const drop = this.dice.below(3) === 0;
          queue.removePhase(queueId, drop);
          return () => this.model.remove(plan, number, drop);
        });
      case "drop": {
        const gone = phase.dependsOn.filter((other) => !this.model.plans.get(plan)?.has(other));
        return this.expect(gone.length > 0, () => {
          queue.dropDependencies(queueId);
          return () => (phase.dependsOn = phase.dependsOn.filter((other) => !gone.includes(other)));
        });
      }
      case "clear": {
        const cleared = queue.clearCompleted().length;
        for (const [key, phases] of this.model.plans) {
          if ([...phases.values()].every(({ fate }) => fate === "completed")) {
            this.model.plans.delete(key);
          }
        }
        return cleared > 0;
      }
      case "remove plan": {
        const phases = [...(this.model.plans.get(plan)?.values() ?? [])];
        if (this.dice.below(4) > 0) {
          // Plans shall live long enough for something to happen to them.
          return false;
        }
        return this.expect(!phases.some(({ fate }) => fate === "running"), () => {
          queue.removePlan(planId);
          return () => this.model.plans.delete(plan);
        });
      }
      // What is started when, and in which order, says nothing of what a phase is.
      case "pause":
        queue.setPaused(this.dice.below(2) === 0);
        return true;
      case "pause plan":
        queue.setPlanPaused(planId, this.dice.below(2) === 0 ? "paused by you" : undefined);
        return true;
      case "move plan":
        queue.movePlan(planId);
        return true;
      case "update plan":
        return this.updatePlan(plan, planId);
      case "late report": {
        const attemptId = oneOf(this.dice, this.ended) ?? "nobody";
        assert.equal(queue.settle({ attemptId, verdict: { outcome: "completed" } }), false);
        return false;
      }
      case "refused": {
        this.bench.disk.set({
          before({ name }) {
            if (name === "writeSync") {
              throw Object.assign(new Error("full"), { code: "ENOSPC" });
            }
          },
        });
        const change = oneOf(this.dice, [
          () => queue.skip(queueId),
          () => queue.removePhase(queueId),
          () => queue.retry(queueId),
          () => this.bench.claim(number, plan),
        ]);
        assert.throws(() => change?.(), HopperError);
        this.bench.disk.set(undefined);
        return false;
      }
    }
  }

  /**
   * Brings a plan up to a file in which a phase went and one came, the others have other numbers and
   * depend on others, and the text of one is another.
   */
  private updatePlan(plan: number, planId: string): boolean {
    const before = [...(this.model.plans.get(plan) ?? [])];
    const gone = this.dice.below(3) === 0 ? oneOf(this.dice, before) : undefined;
    const kept = before.filter((entry) => entry !== gone);
    const after = kept.map(([old, phase], index) => ({ old, phase, ...this.sketch(index + 1) }));
    const added = this.sketch(after.length + 1);
    const changed = oneOf(this.dice, after);
    const isOpen =
      changed && changed.phase.fate !== "running" && changed.phase.fate !== "completed";
    return this.expect(gone?.[1].fate !== "running" && isOpen !== false, () => {
      this.bench.queue.update({
        planId,
        removed: gone ? [this.bench.id(gone[0], plan)] : [],
        kept: new Map(
          after.map(({ old, number, dependsOn }) => [
            this.bench.id(old, plan),
            { number, dependsOn },
          ]),
        ),
        updated: new Map(changed ? [[this.bench.id(changed.old, plan), newPhase(changed)]] : []),
        added: [newPhase(added)],
      });
      return () => {
        const phases = after.map(({ phase, number, dependsOn }): [number, ModelPhase] => [
          number,
          Object.assign(phase, { dependsOn }),
        ]);
        const { number, dependsOn } = added;
        this.model.plans.set(plan, new Map([...phases, [number, { dependsOn, fate: "waiting" }]]));
      };
    });
  }

  /** A phase that depends on some of those before it. */
  private sketch(number: number): { readonly number: number; readonly dependsOn: number[] } {
    const before = Array.from({ length: number - 1 }, (_, index) => index + 1);
    return { number, dependsOn: before.filter(() => this.dice.below(3) === 0) };
  }

  /** Runs what must be refused with a conflict unless it is allowed. */
  private expect(allowed: boolean, run: () => () => unknown): boolean {
    if (!allowed) {
      assert.throws(run, (error) => error instanceof HopperError && error.kind === "conflict");
      return false;
    }
    run()();
    return true;
  }
}
