import { HopperError } from "../base/errors";
import { words } from "../base/words";
import type { WorkflowReportResult } from "../protocol/workflows";
import { done } from "./done";
import {
  heartbeatBody,
  issueCompleteBody,
  issueNumberPath,
  queueIdPath,
  workflowBody,
  workflowReportBody,
} from "./requestSchemas";
import { route } from "./route";
import {
  attemptTokenReply,
  commandReply,
  workflowEntryReply,
  workflowReportReply,
} from "./schemas";

/** Rows for outside programs that work on phases, or report on them. */

export const reportWorkflow = route({
  name: "reportWorkflow",
  method: "POST",
  path: "/api/workflow-complete",
  summary: "Says how an outside program ended; a repeat changes nothing and is no error",
  body: workflowReportBody,
  reply: workflowReportReply,
  refusals: [404, 409],
  takesAttemptToken: true,
  answer: async ({ body, attemptToken }, { commands }) => {
    const token = oneToken(attemptToken, body.attempt_token);
    const report = {
      status: body.status,
      ...(body.queue_id !== undefined && { queueId: body.queue_id }),
      ...(body.issue_number !== undefined && { issueNumber: body.issue_number }),
      ...(body.adw_id !== undefined && { adwId: body.adw_id }),
      ...(body.error_message !== undefined && { errorMessage: body.error_message }),
      ...(body.commit_sha !== undefined && { commitSha: body.commit_sha }),
      ...(token !== undefined && { attemptToken: token }),
    };
    return reportReply(await commands.reportWorkflow(report));
  },
});

export const completeIssue = route({
  name: "completeIssue",
  method: "POST",
  path: "/api/issue/{issue_number}/complete",
  summary: "Says that the phase of this GitHub issue is done; a repeat changes nothing",
  params: issueNumberPath,
  body: issueCompleteBody,
  reply: workflowReportReply,
  refusals: [404, 409],
  answer: async ({ params, body }, { commands }) => {
    if (body.issue_number !== undefined && body.issue_number !== params.issue_number) {
      throw new HopperError("usage", words`issue_number: is another one than that of the path`);
    }
    const report = {
      status: "completed" as const,
      issueNumber: params.issue_number,
      ...(body.commit_sha !== undefined && { commitSha: body.commit_sha }),
    };
    return reportReply(await commands.reportWorkflow(report));
  },
});

export const addWorkflow = route({
  name: "addWorkflow",
  method: "POST",
  path: "/api/workflows",
  summary: "Writes a row of the workflow history; external phases that it is about follow it",
  body: workflowBody,
  reply: workflowEntryReply,
  refusals: [404, 409],
  answer: async ({ body }, { commands }) => {
    const { message, workflowId, changed } = await commands.addWorkflow({
      status: body.status,
      ...(body.workflow_id !== undefined && { workflowId: body.workflow_id }),
      ...(body.queue_id !== undefined && { queueId: body.queue_id }),
      ...(body.issue_number !== undefined && { issueNumber: body.issue_number }),
      ...(body.adw_id !== undefined && { adwId: body.adw_id }),
      ...(body.error_message !== undefined && { errorMessage: body.error_message }),
      ...(body.start_time !== undefined && { startTime: body.start_time }),
      ...(body.end_time !== undefined && { endTime: body.end_time }),
    });
    return { success: true as const, message, workflow_id: workflowId, changed: [...changed] };
  },
});

export const heartbeat = route({
  name: "heartbeat",
  method: "POST",
  path: "/api/heartbeat",
  summary: "Says that an attempt is alive, and what it is at",
  body: heartbeatBody,
  reply: commandReply,
  refusals: [404],
  takesAttemptToken: true,
  answer: ({ body, attemptToken: bearer }, { commands }) => {
    const attemptToken = oneToken(bearer, body.attempt_token);
    if (attemptToken === undefined) {
      throw new HopperError("usage", words`attempt_token: must be given`);
    }
    return done(
      commands.heartbeat({
        attemptToken,
        ...(body.progress !== undefined && { progress: body.progress }),
      }),
    );
  },
});

export const issueToken = route({
  name: "issueToken",
  method: "POST",
  path: "/api/queue/{queue_id}/token",
  summary: "Makes the token with which a running phase's attempt can be reported on",
  params: queueIdPath,
  reply: attemptTokenReply,
  refusals: [404, 409],
  answer: async ({ params }, { commands }) => {
    const { message, queueId, attemptId, token } = await commands.issueToken(params.queue_id);
    return { success: true as const, message, queue_id: queueId, attempt_id: attemptId, token };
  },
});

/** A request that was let in by an attempt's token is about that attempt and no other. */
function oneToken(bearer: string | undefined, given: string | undefined): string | undefined {
  if (bearer !== undefined && given !== undefined && bearer !== given) {
    throw new HopperError("usage", words`attempt_token: is another one than that of the request`);
  }
  return bearer ?? given;
}

function reportReply(result: WorkflowReportResult) {
  const { message, alreadySettled, changed, queueId, status, workflowId } = result;
  return {
    success: true as const,
    message,
    already_settled: alreadySettled,
    changed: [...changed],
    queue_id: queueId,
    status,
    workflow_id: workflowId,
  };
}
