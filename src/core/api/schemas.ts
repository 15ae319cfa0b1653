import * as z from "zod";
import { type PlanProblem, type ProblemCode, problemSeverities } from "../protocol/plan";
import type { AttemptItem, PhaseQueueItem, PlanItem } from "../protocol/queue";
import type { Waiting } from "../protocol/snapshot";
import { attemptStates, failureReasons, phaseStatuses, runnerKinds } from "../protocol/terms";
import { apiSchemas } from "./schemaNames";

/**
 * What is answered over the API. Answers are not strict, so that a newer owner can add to them.
 * Times are ISO 8601 in UTC.
 */

const reasonSchema = z.enum([...failureReasons, "skipped"]);
export const statusSchema = z.enum(phaseStatuses);

export const phaseQueueItemSchema: z.ZodType<PhaseQueueItem> = z
  .object({
    queue_id: z.string(),
    plan_id: z.string(),
    parent_issue: z.int().describe("The plan's GitHub issue, 0 without one."),
    plan_number: z.int(),
    phase_number: z.int(),
    label: z.string(),
    issue_number: z.exactOptional(z.int()),
    status: statusSchema,
    depends_on_phase: z.exactOptional(z.int().describe("The single phase it depends on.")),
    depends_on_phases: z.array(z.int()),
    phase_data: z.object({
      title: z.string(),
      content: z.string().describe("Empty where the list leaves long texts out."),
      externalDocs: z.exactOptional(z.array(z.string())),
    }),
    runner: z.string(),
    priority: z.int(),
    attempts: z.int().describe("How many attempts were made."),
    adw_id: z.exactOptional(z.string()),
    pr_number: z.exactOptional(z.int()),
    reason: z.exactOptional(reasonSchema),
    error_message: z.exactOptional(z.string()),
    created_at: z.string(),
    updated_at: z.string(),
    ready_at: z.exactOptional(z.string()),
    not_before: z.exactOptional(z.string().describe("A retry does not start before this.")),
    started_at: z.exactOptional(z.string()),
    finished_at: z.exactOptional(z.string()),
  })
  .register(apiSchemas, { id: "PhaseQueueItem" });

const planFields = {
  plan_id: z.string(),
  plan_number: z.int(),
  title: z.string(),
  source_path: z.exactOptional(z.string()),
  source_sha256: z.string(),
  parent_issue: z.int().describe("0 without one."),
  runner: z.string(),
  paused_reason: z.exactOptional(z.string()),
  created_at: z.string(),
};

export const planItemSchema: z.ZodType<PlanItem> = z
  .object(planFields)
  .register(apiSchemas, { id: "PlanItem" });

export const planWithPhases = z
  .object({ ...planFields, phases: z.array(phaseQueueItemSchema) })
  .register(apiSchemas, { id: "PlanWithPhases" });

export const attemptItemSchema: z.ZodType<AttemptItem> = z
  .object({
    attempt_id: z.string(),
    queue_id: z.string(),
    attempt_number: z.int(),
    runner: z.string(),
    runner_kind: z.exactOptional(z.enum(runnerKinds)),
    timeout: z.exactOptional(z.int().describe("Seconds; 0 is none.")),
    idle_timeout: z.exactOptional(z.int()),
    command: z.array(z.string()),
    state: z.enum(attemptStates),
    pid: z.exactOptional(z.int()),
    pid_started_at: z.exactOptional(z.string()),
    started_at: z.string(),
    reported_at: z.exactOptional(z.string()),
    heartbeat_at: z.exactOptional(z.string()),
    progress: z.exactOptional(z.string()),
    finished_at: z.exactOptional(z.string()),
    stop_requested: z.exactOptional(z.enum(failureReasons)),
    exit_code: z.exactOptional(z.int()),
    signal: z.exactOptional(z.string()),
    outcome: z.exactOptional(z.enum(["completed", ...failureReasons])),
    evidence: z.exactOptional(z.unknown()),
    log_bytes: z.exactOptional(z.int()),
  })
  .register(apiSchemas, { id: "AttemptItem" });

export const waitingSchema: z.ZodType<Waiting> = z
  .object({
    kind: z.enum([
      "running",
      "retry",
      "person",
      "workflow",
      "paused",
      "failed",
      "completed",
      "trouble",
    ]),
    text: z.string().describe("For people: “Phase 3 running”."),
  })
  .register(apiSchemas, { id: "Waiting" });

export const phasesReply = z
  .object({ phases: z.array(phaseQueueItemSchema), total: z.int() })
  .register(apiSchemas, { id: "Phases" });

export const plansReply = z
  .object({ plans: z.array(planWithPhases), total: z.int() })
  .register(apiSchemas, { id: "Plans" });

export const attemptsReply = z
  .object({ attempts: z.array(attemptItemSchema), total: z.int() })
  .register(apiSchemas, { id: "Attempts" });

export const configReply = z
  .object({
    paused: z.boolean(),
    paused_reason: z.exactOptional(z.string()),
    waiting: waitingSchema,
    event_id: z.int().describe("The newest event; 0 before the first."),
  })
  .register(apiSchemas, { id: "QueueConfig" });

/** What a snapshot holds, as an answer and as the first message of the event stream. */
export const snapshotFields = {
  event_id: z.int().describe("Whoever follows the events after this one misses none."),
  database_id: z
    .string()
    .describe("Another one where the queue is another one, begun anew or copied."),
  paused_reason: z.exactOptional(z.string()),
  waiting: waitingSchema,
  plans: z.array(planItemSchema),
  phases: z.array(phaseQueueItemSchema).describe("Without their long texts."),
};

export const snapshotReply = z.object(snapshotFields).register(apiSchemas, { id: "QueueSnapshot" });

export const enqueueReply = z
  .object({ plan_id: z.string(), plan_number: z.int(), phases: z.array(phaseQueueItemSchema) })
  .register(apiSchemas, { id: "EnqueuedPlan" });

export const commandReply = z
  .object({ success: z.literal(true), message: z.string() })
  .register(apiSchemas, { id: "CommandDone" });

export const pauseReply = z
  .object({ success: z.literal(true), message: z.string(), paused: z.boolean() })
  .register(apiSchemas, { id: "PauseDone" });

const phaseMoves = z.array(
  z.object({
    queue_id: z.string(),
    phase_number: z.int(),
    from_status: statusSchema,
    to_status: statusSchema,
  }),
);

export const workflowReportReply = z
  .object({
    success: z.literal(true),
    message: z.string(),
    already_settled: z.boolean().describe("It was settled before; this changed nothing."),
    changed: phaseMoves.describe("The reported phase first."),
    queue_id: z.string(),
    status: statusSchema.describe("After the report."),
    workflow_id: z.string(),
  })
  .register(apiSchemas, { id: "WorkflowReported" });

export const workflowEntryReply = z
  .object({
    success: z.literal(true),
    message: z.string(),
    workflow_id: z.string(),
    changed: phaseMoves,
  })
  .register(apiSchemas, { id: "WorkflowWritten" });

export const attemptTokenReply = z
  .object({
    success: z.literal(true),
    message: z.string(),
    queue_id: z.string(),
    attempt_id: z.string(),
    token: z.string().describe("Kept nowhere: it is told this once."),
  })
  .register(apiSchemas, { id: "AttemptToken" });

export const openApiReply = z
  .looseObject({ openapi: z.string() })
  .register(apiSchemas, { id: "OpenApiDocument" });

const planProblemSchema: z.ZodType<PlanProblem> = z
  .object({
    severity: z.enum(["error", "warning", "information"]),
    code: z
      .string()
      .pipe(
        z.custom<ProblemCode>((value) => typeof value === "string" && value in problemSeverities),
      ),
    message: z.string(),
    startLine: z.int().describe("From 0."),
    endLine: z.int(),
  })
  .register(apiSchemas, { id: "PlanProblem" });

/**
 * Every refusal says why; one of a plan also lists its problems, and one of a phase that is in the
 * wrong status says which.
 */
export const refusalReply = z
  .object({
    detail: z.string(),
    problems: z.exactOptional(z.array(planProblemSchema)),
    status: z.exactOptional(statusSchema),
  })
  .register(apiSchemas, { id: "Refusal" });
