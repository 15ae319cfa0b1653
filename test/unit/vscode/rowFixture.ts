import type { PhaseQueueItem, PlanItem } from "../../../src/core/protocol/queue";

/** A phase and a plan, of which a test of rows and tooltips changes what matters to it. */

export const at = (second: number): string =>
  `2026-03-01T10:00:${String(second).padStart(2, "0")}.000Z`;

export const phase: PhaseQueueItem = {
  queue_id: "q",
  plan_id: "p",
  parent_issue: 0,
  plan_number: 1,
  phase_number: 2,
  label: "2",
  status: "queued",
  depends_on_phase: 1,
  depends_on_phases: [1],
  phase_data: { title: "Build", content: "" },
  runner: "shell",
  priority: 50,
  attempts: 0,
  created_at: at(0),
  updated_at: at(0),
};

export const plan: PlanItem = {
  plan_id: "p",
  plan_number: 1,
  title: "Release",
  source_path: "/w/plan.md",
  source_sha256: "0",
  parent_issue: 0,
  runner: "shell",
  created_at: at(0),
};
