import { done } from "./done";
import { mirrorBody, planIdPath } from "./requestSchemas";
import { route } from "./route";
import { commandReply } from "./schemas";

/** Rows about what is mirrored to GitHub. */

export const startMirror = route({
  name: "startMirror",
  method: "POST",
  path: "/api/plans/{plan_id}/mirror",
  summary: "Mirrors a plan to GitHub, with the owner's sign-in",
  params: planIdPath,
  body: mirrorBody,
  reply: commandReply,
  refusals: [404, 409],
  answer: ({ params, body }, { commands }) => done(commands.startMirror(params.plan_id, body)),
});

export const stopMirror = route({
  name: "stopMirror",
  method: "DELETE",
  path: "/api/plans/{plan_id}/mirror",
  summary: "Writes nothing more of a plan to GitHub; what is there stays",
  params: planIdPath,
  reply: commandReply,
  refusals: [404],
  answer: ({ params }, { commands }) => done(commands.stopMirror(params.plan_id)),
});

export const syncMirrors = route({
  name: "syncMirrors",
  method: "POST",
  path: "/api/mirrors/sync",
  summary: "Writes to GitHub now what waits, and tries again what was refused",
  reply: commandReply,
  answer: (_, { commands }) => done(commands.syncMirrors()),
});
