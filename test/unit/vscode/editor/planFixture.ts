import type { OutlinePhase, PlanOutline } from "../../../../src/core/coordinator/planOutline";
import { parsePlanText } from "../../../../src/core/coordinator/planSource";
import type { PhaseQueueItem, PlanItem } from "../../../../src/core/protocol/queue";
import type { RunnerDefinition } from "../../../../src/core/protocol/runners";

export const runners: ReadonlyMap<string, RunnerDefinition> = new Map([
  ["shell", { kind: "shell" }],
  ["manual", { kind: "manual" }],
  ["claude", { kind: "command", argv: ["claude"], prompt: "stdin" }],
]);

/** A text as the editor's thread reads it; without `defaultRunner` it is not enqueued. */
export function outlineOf(
  text: string,
  defaultRunner?: string,
): PlanOutline & { readonly sha256: string } {
  const context = { workspace: "/nowhere", runners, ...(defaultRunner && { defaultRunner }) };
  return { ...parsePlanText(text, context), sha256: text };
}

export const plan: PlanItem = {
  plan_id: "plan",
  plan_number: 1,
  title: "Plan",
  source_path: "/home/ada/plan.md",
  source_sha256: "0",
  parent_issue: 0,
  runner: "shell",
  created_at: "2026-03-01T10:00:00.000Z",
};

/** A phase as it is stored from what is written. */
export function stored(
  { number, label, title, content, dependsOn }: OutlinePhase,
  change: Partial<PhaseQueueItem> = {},
): PhaseQueueItem {
  return {
    queue_id: `id ${title}`,
    plan_id: "plan",
    parent_issue: 0,
    plan_number: 1,
    phase_number: number,
    label,
    status: number === 1 ? "ready" : "queued",
    depends_on_phases: dependsOn,
    phase_data: { title, content },
    runner: "shell",
    priority: 50,
    attempts: 0,
    created_at: "2026-03-01T10:00:00.000Z",
    updated_at: "2026-03-01T10:00:00.000Z",
    ...change,
  };
}
