import * as z from "zod";
import { mirrorSettingsSchema } from "../protocol/mirrors";
import { workflowStatuses } from "../protocol/workflows";
import { apiSchemas } from "./schemaNames";

/**
 * What is asked over the API. Requests are strict: a field that is not known is named and refused, for
 * it may be a misspelt one that matters.
 */

const idSchema = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, "must be an id");
/** Numbers in paths and queries are texts. */
const numberText = z
  .string()
  .regex(/^\d{1,15}$/, "must be a whole number")
  .transform(Number);

export const queueIdPath = z.strictObject({ queue_id: idSchema });
export const planIdPath = z.strictObject({ plan_id: idSchema });
export const attemptIdPath = z.strictObject({ attempt_id: idSchema });
/** One name for what is an issue when it is read, and a phase when it is deleted: the path is one. */
export const parentIssuePath = z.strictObject({ id: numberText });
export const issueNumberPath = z.strictObject({ issue_number: numberText });
export const queueIdAsId = z.strictObject({ id: idSchema });

export const listQuery = z.strictObject({
  content: z.exactOptional(
    z.enum(["true", "false"]).describe("`false` leaves the phases' long texts out."),
  ),
});
export const logQuery = z.strictObject({
  offset: z.exactOptional(numberText.describe("The first byte that is wanted; 0 without it.")),
  limit: z.exactOptional(numberText.describe("At most so many bytes; all there are without it.")),
});
export const eventsQuery = z.strictObject({
  since: z.exactOptional(
    numberText.describe("Go on after this event instead of beginning with a snapshot."),
  ),
  database_id: z.exactOptional(
    idSchema.describe(
      "Of the snapshot that `since` goes on from: in another queue it says nothing.",
    ),
  ),
});
/** What a client of the event stream knows already. */
export type StreamPosition = z.infer<typeof eventsQuery>;

export const noteBody = z
  .strictObject({ note: z.exactOptional(z.string()) })
  .register(apiSchemas, { id: "Note" });

export const removeBody = z
  .strictObject({
    drop_dependencies: z.exactOptional(
      z.boolean().describe("Lets the phases that depend on this one go on without it."),
    ),
  })
  .register(apiSchemas, { id: "RemovePhase" });

export const pauseBody = z
  .strictObject({
    paused: z.boolean(),
    plan_id: z.exactOptional(z.string().describe("This plan alone, not the whole queue.")),
  })
  .register(apiSchemas, { id: "Pause" });

export const enqueueBody = z
  .strictObject({
    path: z.exactOptional(
      z
        .string()
        .regex(/^[^\0]+$/, "must be a path")
        .describe("The plan's file; without `markdown` it is read."),
    ),
    markdown: z.exactOptional(z.string().describe("The plan's text.")),
    sha256: z.exactOptional(
      z
        .string()
        .regex(/^[0-9a-fA-F]{64}$/, "must be a SHA-256 in hex")
        .describe("Of the text that was agreed to: a plan that has changed since is refused."),
    ),
    title: z.exactOptional(z.string()),
    parent_issue: z.exactOptional(z.int().positive()),
    runner: z.exactOptional(z.string().describe("Of the phases that name none.")),
    priority: z.exactOptional(z.int().min(0).max(100)),
    if_enqueued: z.exactOptional(
      z
        .enum(["refuse", "again", "replace"])
        .describe("What to do when the same file is enqueued and unfinished; `refuse` without it."),
    ),
  })
  .refine(({ path, markdown }) => path !== undefined || markdown !== undefined, {
    message: "path or markdown must be given",
  })
  .register(apiSchemas, { id: "EnqueuePlan" });

export type EnqueueBody = z.infer<typeof enqueueBody>;

export const updateBody = z
  .strictObject({
    markdown: z.exactOptional(
      z.string().describe("The plan's new text; its file is read without."),
    ),
    sha256: z.exactOptional(
      z
        .string()
        .regex(/^[0-9a-fA-F]{64}$/, "must be a SHA-256 in hex")
        .describe("Of the text that was agreed to: one that has changed since is refused."),
    ),
    update: z.exactOptional(
      z.array(z.string()).describe("Ids of phases that shall have the new text."),
    ),
    add: z.exactOptional(
      z.array(z.int().min(0)).describe("Numbers of new phases that shall be added."),
    ),
    remove: z.exactOptional(
      z.array(z.string()).describe("Ids of phases that are gone and shall be removed."),
    ),
    context: z.exactOptional(
      z.boolean().describe("Whether the plan's context and title are taken from the text too."),
    ),
  })
  .register(apiSchemas, { id: "UpdatePlan" });

export const moveBody = z
  .strictObject({
    before: z.exactOptional(
      z.string().describe("The id of what it shall stand before; without it, behind all others."),
    ),
  })
  .register(apiSchemas, { id: "Move" });

const issueNumber = z.int().positive();
const attemptToken = z.string().regex(/^[0-9a-f]{64}$/, "must be an attempt's token");
/** Ids and messages of outside programs are shown; nobody reads more. */
const shortText = z.string().max(4_000);
/** An empty name would be one that all programs share. */
const adwId = shortText.min(1);

export const workflowReportBody = z
  .strictObject({
    queue_id: z.exactOptional(idSchema),
    issue_number: z.exactOptional(issueNumber),
    attempt_token: z.exactOptional(
      attemptToken.describe("Of the attempt; what is given beside it must agree with it."),
    ),
    status: z.enum(["completed", "failed"]),
    adw_id: z.exactOptional(adwId.describe("The outside program's own name for its run.")),
    error_message: z.exactOptional(shortText),
    commit_sha: z.exactOptional(shortText),
  })
  .register(apiSchemas, { id: "WorkflowReport" });

export const issueCompleteBody = z
  .strictObject({
    issue_number: z.exactOptional(issueNumber),
    commit_sha: z.exactOptional(shortText),
  })
  .register(apiSchemas, { id: "IssueComplete" });

export const workflowBody = z
  .strictObject({
    workflow_id: z.exactOptional(idSchema.describe("An earlier row's: that row is changed.")),
    queue_id: z.exactOptional(idSchema),
    issue_number: z.exactOptional(issueNumber),
    adw_id: z.exactOptional(adwId),
    status: z.enum(workflowStatuses),
    error_message: z.exactOptional(shortText),
    start_time: z.exactOptional(shortText),
    end_time: z.exactOptional(shortText),
  })
  .register(apiSchemas, { id: "WorkflowEntry" });

export const heartbeatBody = z
  .strictObject({
    attempt_token: z.exactOptional(attemptToken),
    progress: z.exactOptional(shortText.describe("What it is at, for people.")),
  })
  .register(apiSchemas, { id: "Heartbeat" });

/** How a plan is to be mirrored to GitHub. */
export const mirrorBody = mirrorSettingsSchema.register(apiSchemas, { id: "Mirror" });
