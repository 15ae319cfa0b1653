import * as z from "zod";
import { type PlanProblem, type ProblemCode, problemSeverities } from "../protocol/plan";
import type { PhaseQueueItem } from "../protocol/queue";
import { failureReasons, phaseStatuses } from "../protocol/terms";

/**
 * What is said over the API. Requests are strict: a field that is not known is named and refused, for
 * it may be a misspelt one that matters. Answers are not, so that a newer owner can add to them.
 */

/** The body of commands that take nothing. */
export const emptyBody = z.strictObject({});

export const noteBody = z.strictObject({ note: z.exactOptional(z.string()) });

export const removeBody = z.strictObject({ drop_dependencies: z.exactOptional(z.boolean()) });

export const pauseBody = z.strictObject({
  paused: z.boolean(),
  plan_id: z.exactOptional(z.string()),
});

export const enqueueBody = z
  .strictObject({
    path: z.exactOptional(z.string().regex(/^[^\0]+$/, "must be a path")),
    markdown: z.exactOptional(z.string()),
    sha256: z.exactOptional(z.string().regex(/^[0-9a-f]{64}$/i, "must be a SHA-256 in hex")),
    title: z.exactOptional(z.string()),
    parent_issue: z.exactOptional(z.int().positive()),
    runner: z.exactOptional(z.string()),
    priority: z.exactOptional(z.int().min(0).max(100)),
    if_enqueued: z.exactOptional(z.enum(["refuse", "again", "replace"])),
  })
  .refine(({ path, markdown }) => path !== undefined || markdown !== undefined, {
    message: "path or markdown must be given",
  });

export type EnqueueBody = z.infer<typeof enqueueBody>;

export const phaseQueueItemSchema: z.ZodType<PhaseQueueItem> = z.object({
  queue_id: z.string(),
  plan_id: z.string(),
  parent_issue: z.number(),
  plan_number: z.number(),
  phase_number: z.number(),
  label: z.string(),
  issue_number: z.exactOptional(z.number()),
  status: z.enum(phaseStatuses),
  depends_on_phase: z.exactOptional(z.number()),
  depends_on_phases: z.array(z.number()),
  phase_data: z.object({
    title: z.string(),
    content: z.string(),
    externalDocs: z.exactOptional(z.array(z.string())),
  }),
  runner: z.string(),
  priority: z.number(),
  attempts: z.number(),
  adw_id: z.exactOptional(z.string()),
  pr_number: z.exactOptional(z.number()),
  reason: z.exactOptional(z.enum([...failureReasons, "skipped"])),
  error_message: z.exactOptional(z.string()),
  created_at: z.string(),
  updated_at: z.string(),
  ready_at: z.exactOptional(z.string()),
  not_before: z.exactOptional(z.string()),
  started_at: z.exactOptional(z.string()),
  finished_at: z.exactOptional(z.string()),
});

export const enqueueAnswer = z.object({
  plan_id: z.string(),
  plan_number: z.number(),
  phases: z.array(phaseQueueItemSchema),
});

export const commandAnswer = z.object({ success: z.literal(true), message: z.string() });

const planProblemSchema: z.ZodType<PlanProblem> = z.object({
  severity: z.enum(["error", "warning", "information"]),
  code: z.custom<ProblemCode>((value) => typeof value === "string" && value in problemSeverities),
  message: z.string(),
  startLine: z.number(),
  endLine: z.number(),
});

/** Every refusal says why; one of a plan also lists its problems. */
export const refusalAnswer = z.object({
  detail: z.string(),
  problems: z.exactOptional(z.array(planProblemSchema)),
});
