import { z } from "zod";

/** The documented shapes of `--json`; parsing an answer with one of them is the test of its shape. */

const problemSchema = z.strictObject({
  severity: z.enum(["error", "warning", "information"]),
  code: z.string(),
  message: z.string(),
  startLine: z.int(),
  endLine: z.int(),
});

export const errorAnswer = z.strictObject({
  error: z.strictObject({
    kind: z.string(),
    message: z.string(),
    problems: z.array(problemSchema).optional(),
  }),
});

export const commandAnswer = z.strictObject({ success: z.literal(true), message: z.string() });

export const repairAnswer = commandAnswer.extend({ notices: z.array(z.string()) });

export const checkAnswer = z.strictObject({
  title: z.string(),
  context: z.string(),
  phases: z.array(
    z.strictObject({
      number: z.int(),
      label: z.string(),
      title: z.string(),
      content: z.string(),
      externalDocs: z.array(z.string()),
      dependsOn: z.array(z.int()),
      runner: z.string().optional(),
      timeout: z.int().optional(),
      retries: z.int().optional(),
      startLine: z.int(),
      endLine: z.int(),
    }),
  ),
  problems: z.array(problemSchema),
});

const phaseSchema = z.strictObject({
  queue_id: z.uuid(),
  plan_id: z.uuid(),
  parent_issue: z.int(),
  plan_number: z.int(),
  phase_number: z.int(),
  label: z.string(),
  issue_number: z.int().optional(),
  status: z.enum(["queued", "ready", "running", "completed", "blocked", "failed"]),
  depends_on_phase: z.int().optional(),
  depends_on_phases: z.array(z.int()),
  phase_data: z.strictObject({
    title: z.string(),
    content: z.string(),
    externalDocs: z.array(z.string()).optional(),
  }),
  runner: z.string(),
  priority: z.int(),
  attempts: z.int(),
  adw_id: z.string().optional(),
  pr_number: z.int().optional(),
  reason: z.string().optional(),
  error_message: z.string().optional(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  ready_at: z.iso.datetime().optional(),
  not_before: z.iso.datetime().optional(),
  started_at: z.iso.datetime().optional(),
  finished_at: z.iso.datetime().optional(),
});
export type ListedPhase = z.infer<typeof phaseSchema>;

export const listAnswer = z.strictObject({
  phases: z.array(phaseSchema),
  total: z.int(),
  foreign: z.literal(true).optional(),
});

export const enqueueAnswer = commandAnswer.extend({
  plan_id: z.uuid(),
  plan_number: z.int(),
  phases: z.array(phaseSchema),
});

export const showAnswer = z.strictObject({
  phase: phaseSchema,
  plan: z.looseObject({ plan_id: z.uuid(), plan_number: z.int(), title: z.string() }),
  attempts: z.array(
    z.looseObject({
      attempt_id: z.uuid(),
      attempt_number: z.int(),
      state: z.string(),
      exit_code: z.int().optional(),
    }),
  ),
});

export const logLine = z.strictObject({
  queue_id: z.uuid(),
  attempt_number: z.int(),
  offset: z.int(),
  text: z.string(),
});

const waitingSchema = z.strictObject({ kind: z.string(), text: z.string() });

export const runLine = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("run_started"),
    plans: z.array(z.looseObject({ plan_id: z.uuid() })),
    phases: z.array(phaseSchema),
  }),
  z.strictObject({
    type: z.literal("plan_enqueued"),
    event_id: z.int(),
    at: z.iso.datetime(),
    plan_id: z.uuid(),
  }),
  z.strictObject({
    type: z.literal("phase_enqueued"),
    event_id: z.int(),
    at: z.iso.datetime(),
    plan_id: z.uuid(),
    queue_id: z.uuid(),
    phase_number: z.int(),
    to_status: z.string(),
  }),
  z.strictObject({ type: z.literal("run_waiting"), waiting: waitingSchema }),
  z.strictObject({
    type: z.literal("run_finished"),
    exit_code: z.int(),
    waiting: waitingSchema,
  }),
  z.strictObject({
    type: z.literal("phase_changed"),
    event_id: z.int(),
    at: z.iso.datetime(),
    plan_id: z.uuid(),
    queue_id: z.uuid(),
    phase_number: z.int(),
    from_status: z.string(),
    to_status: z.string(),
    reason: z.string().optional(),
  }),
]);

/** @throws when the text is not JSON of this shape. */
export function answer<T>(schema: z.ZodType<T>, text: string): T {
  return schema.parse(JSON.parse(text));
}
