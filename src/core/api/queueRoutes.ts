import { done } from "./done";
import { answerPhases, answerSnapshot } from "./longAnswers";
import {
  listQuery,
  moveBody,
  noteBody,
  parentIssuePath,
  pauseBody,
  queueIdAsId,
  queueIdPath,
  removeBody,
} from "./requestSchemas";
import { route } from "./route";
import {
  attemptsReply,
  commandReply,
  configReply,
  pauseReply,
  phasesReply,
  snapshotReply,
} from "./schemas";
import { requiredPhase } from "./required";

/** Rows about the whole queue and about single phases. */

export const listPhases = route({
  name: "listPhases",
  method: "GET",
  path: "/api/queue",
  summary: "Every phase of every plan, in the order of the plans",
  query: listQuery,
  reply: phasesReply,
  answer: ({ query }, { queue }) => answerPhases(queue, { content: query.content !== "false" }),
});

export const getConfig = route({
  name: "getConfig",
  method: "GET",
  path: "/api/queue/config",
  summary: "Whether the queue is paused, and what it waits for",
  reply: configReply,
  answer: (_, { queue }) => ({
    paused: queue.pausedReason !== undefined,
    ...(queue.pausedReason !== undefined && { paused_reason: queue.pausedReason }),
    waiting: queue.waiting(),
    event_id: queue.lastEventId,
  }),
});

export const setPaused = route({
  name: "setPaused",
  method: "POST",
  path: "/api/queue/config/pause",
  summary: "Pauses or resumes the queue, or one plan; what runs is left alone",
  body: pauseBody,
  reply: pauseReply,
  refusals: [404],
  answer: async ({ body }, { commands }) => {
    const { message } = await commands.setPaused(body.paused, body.plan_id);
    return { success: true as const, paused: body.paused, message };
  },
});

export const listIssuePhases = route({
  name: "listIssuePhases",
  method: "GET",
  path: "/api/queue/{id}",
  summary: "The phases of the plans of one GitHub issue; 0 is those without one",
  params: parentIssuePath,
  query: listQuery,
  reply: phasesReply,
  answer: ({ params, query }, { queue }) =>
    answerPhases(queue, { parentIssue: params.id, content: query.content !== "false" }),
});

export const movePhase = route({
  name: "movePhase",
  method: "POST",
  path: "/api/queue/{queue_id}/move",
  summary: "Puts a waiting phase at another place in the order of its plan",
  params: queueIdPath,
  body: moveBody,
  reply: commandReply,
  refusals: [404, 409],
  answer: ({ params, body }, { commands }) =>
    done(commands.movePhase(params.queue_id, body.before)),
});

export const removePhase = route({
  name: "removePhase",
  method: "DELETE",
  path: "/api/queue/{id}",
  summary: "Removes a phase that is not running",
  params: queueIdAsId,
  body: removeBody,
  reply: commandReply,
  refusals: [404, 409],
  answer: ({ params, body }, { commands }) =>
    done(commands.removePhase(params.id, body.drop_dependencies)),
});

export const startPhase = route({
  ...aboutPhase(
    "startPhase",
    "execute",
    "Starts a ready phase now, also while the queue is paused",
  ),
  answer: ({ params }, { commands }) => done(commands.start(params.queue_id)),
});

export const retryPhase = route({
  ...aboutPhase("retryPhase", "retry", "Makes a failed phase ready again"),
  answer: ({ params }, { commands }) => done(commands.retry(params.queue_id)),
});

export const cancelPhase = route({
  ...aboutPhase("cancelPhase", "cancel", "Stops a running phase and everything it started"),
  answer: ({ params }, { commands }) => done(commands.cancel(params.queue_id)),
});

export const dropDependencies = route({
  ...aboutPhase(
    "dropDependencies",
    "drop-dependencies",
    "Lets a phase go on without the removed phases it depends on",
  ),
  answer: ({ params }, { commands }) => done(commands.dropDependencies(params.queue_id)),
});

export const skipPhase = route({
  ...aboutPhase("skipPhase", "skip", "Counts an unstarted or failed phase as completed"),
  answer: ({ params }, { commands }) => done(commands.skip(params.queue_id)),
});

export const completePhase = route({
  ...aboutPhase("completePhase", "complete", "Says that a manual or external phase is done"),
  body: noteBody,
  answer: ({ params, body }, { commands }) => done(commands.complete(params.queue_id, body.note)),
});

export const failPhase = route({
  ...aboutPhase("failPhase", "fail", "Says that a manual or external phase failed"),
  body: noteBody,
  answer: ({ params, body }, { commands }) => done(commands.fail(params.queue_id, body.note)),
});

export const listAttempts = route({
  name: "listAttempts",
  method: "GET",
  path: "/api/queue/{queue_id}/attempts",
  summary: "Every attempt of a phase, the first one first",
  params: queueIdPath,
  reply: attemptsReply,
  refusals: [404],
  answer: ({ params }, { queue }) => {
    const { queue_id } = requiredPhase(queue, params.queue_id);
    const attempts = queue.attempts(queue_id);
    return { attempts: [...attempts], total: attempts.length };
  },
});

export const getSnapshot = route({
  name: "getSnapshot",
  method: "GET",
  path: "/api/snapshot",
  summary: "Everything that views draw, with the event from which to follow it",
  reply: snapshotReply,
  answer: (_, { queue }) => answerSnapshot(queue),
});

/** What the rows of commands on one phase have in common. */
function aboutPhase(name: string, verb: string, summary: string) {
  return {
    name,
    method: "POST",
    path: `/api/queue/{queue_id}/${verb}`,
    summary,
    params: queueIdPath,
    reply: commandReply,
    refusals: [404, 409],
  } as const;
}
