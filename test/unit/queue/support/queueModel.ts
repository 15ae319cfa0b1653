import assert from "node:assert/strict";
import type { PhaseStatus } from "../../../../src/core/protocol/terms";

/** The least that decides what each phase is: what happened to it, and what it depends on. */
export interface ModelPhase {
  dependsOn: number[];
  /** What does not follow from other phases; "waiting" is what does. */
  fate: "waiting" | "running" | "completed" | "failed";
  message?: string;
  attempt?: string;
}

export type ModelPlan = Map<number, ModelPhase>;

/** A queue that keeps nothing derived: each status is worked out anew from what happened. */
export class Model {
  readonly plans = new Map<number, ModelPlan>();

  status(plan: number, number: number): PhaseStatus {
    const phase = this.plans.get(plan)?.get(number);
    assert.ok(phase);
    if (phase.fate !== "waiting") {
      return phase.fate;
    }
    if (this.cause(plan, number) !== undefined) {
      return "blocked";
    }
    const done = phase.dependsOn.every(
      (other) => this.plans.get(plan)?.get(other)?.fate === "completed",
    );
    return done ? "ready" : "queued";
  }

  /** Why a waiting phase is blocked. */
  cause(plan: number, number: number): string | undefined {
    for (const other of this.plans.get(plan)?.get(number)?.dependsOn ?? []) {
      const phase = this.plans.get(plan)?.get(other);
      if (!phase) {
        return `Phase ${other} was removed`;
      }
      if (phase.fate === "failed") {
        return `Phase ${other} failed: ${phase.message ?? ""}`;
      }
      const behind = phase.fate === "waiting" ? this.cause(plan, other) : undefined;
      if (behind !== undefined) {
        return behind;
      }
    }
    return undefined;
  }

  /** "1.2 blocked Phase 1 failed: …", in order. */
  show(): string[] {
    return [...this.plans].flatMap(([plan, phases]) =>
      [...phases.keys()].map((number) => {
        const status = this.status(plan, number);
        const why = status === "blocked" ? ` ${this.cause(plan, number) ?? ""}` : "";
        return `${plan}.${number} ${status}${why}`;
      }),
    );
  }

  remove(plan: number, number: number, dropDependencies: boolean): void {
    const phases = this.plans.get(plan);
    const forgotten = dropDependencies || phases?.get(number)?.fate === "completed";
    phases?.delete(number);
    for (const phase of phases?.values() ?? []) {
      if (forgotten) {
        phase.dependsOn = phase.dependsOn.filter((other) => other !== number);
      }
    }
    if (phases?.size === 0) {
      this.plans.delete(plan);
    }
  }
}
