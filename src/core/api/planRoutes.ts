import type { EnqueueRequest } from "../protocol/commands";
import { done } from "./done";
import { answerPlan, answerPlans } from "./longAnswers";
import { requiredPlan } from "./required";
import { enqueueBody, type EnqueueBody, moveBody, planIdPath, updateBody } from "./requestSchemas";
import { route } from "./route";
import { commandReply, enqueueReply, plansReply, planWithPhases } from "./schemas";

/** Rows about plans. */

/** A plan of 2 MB as JSON: each line end and quotation mark takes two bytes there. */
export const planBodyLimit = 4 * 1024 * 1024 + 64 * 1024;

export const enqueuePlan = route({
  name: "enqueuePlan",
  method: "POST",
  path: "/api/plans",
  summary: "Enqueues a plan, from its file or its text",
  body: enqueueBody,
  reply: enqueueReply,
  status: 201,
  refusals: [404, 409, 422],
  bodyLimit: planBodyLimit,
  answer: async ({ body }, { commands }) => {
    const { planId, planNumber, phases } = await commands.enqueue(enqueueRequest(body));
    return { plan_id: planId, plan_number: planNumber, phases: [...phases] };
  },
});

export const listPlans = route({
  name: "listPlans",
  method: "GET",
  path: "/api/plans",
  summary: "Every plan with its phases",
  reply: plansReply,
  answer: (_, { queue }) => answerPlans(queue),
});

export const getPlan = route({
  name: "getPlan",
  method: "GET",
  path: "/api/plans/{plan_id}",
  summary: "One plan with its phases",
  params: planIdPath,
  reply: planWithPhases,
  refusals: [404],
  answer: ({ params }, { queue }) => answerPlan(queue, requiredPlan(queue, params.plan_id)),
});

export const removePlan = route({
  name: "removePlan",
  method: "DELETE",
  path: "/api/plans/{plan_id}",
  summary: "Removes a plan none of whose phases runs",
  params: planIdPath,
  reply: commandReply,
  refusals: [404, 409],
  answer: ({ params }, { commands }) => done(commands.removePlan(params.plan_id)),
});

export const updatePlan = route({
  name: "updatePlan",
  method: "POST",
  path: "/api/plans/{plan_id}/update",
  summary: "Takes what changed in a plan's file over into its phases that were not started",
  params: planIdPath,
  body: updateBody,
  reply: commandReply,
  refusals: [404, 409, 422],
  bodyLimit: planBodyLimit,
  answer: ({ params, body }, { commands }) =>
    done(commands.updatePlan({ planId: params.plan_id, ...body })),
});

export const movePlan = route({
  name: "movePlan",
  method: "POST",
  path: "/api/plans/{plan_id}/move",
  summary: "Puts a plan at another place in the order of starting",
  params: planIdPath,
  body: moveBody,
  reply: commandReply,
  refusals: [404, 409],
  answer: ({ params, body }, { commands }) => done(commands.movePlan(params.plan_id, body.before)),
});

function enqueueRequest(body: EnqueueBody): EnqueueRequest {
  const { parent_issue: parentIssue, if_enqueued: ifEnqueued, ...same } = body;
  return {
    ...same,
    ...(parentIssue !== undefined && { parentIssue }),
    ...(ifEnqueued !== undefined && { ifEnqueued }),
  };
}
