import type { CommandResult, EnqueueRequest, HopperCommands } from "../protocol/commands";
import type { Answer } from "./answer";
import { type Route, route } from "./route";
import {
  emptyBody,
  enqueueBody,
  type EnqueueBody,
  noteBody,
  pauseBody,
  removeBody,
} from "./schemas";

/** A plan of 2 MB as JSON: each line end and quotation mark takes two bytes there. */
export const planBodyLimit = 4 * 1024 * 1024 + 64 * 1024;

/** The API, one row for each thing that can be asked of a queue's owner. */
export const routes: readonly Route[] = [
  route("POST", "/api/plans", enqueueBody, enqueue, planBodyLimit),
  route("DELETE", "/api/plans/{plan_id}", emptyBody, ({ id }, { commands }) =>
    done(commands.removePlan(id)),
  ),
  route("POST", "/api/queue/config/pause", pauseBody, async ({ body }, { commands }) => {
    const { message } = await commands.setPaused(body.paused, body.plan_id);
    return { status: 200, body: { success: true, paused: body.paused, message } };
  }),
  route("DELETE", "/api/queue/{queue_id}", removeBody, ({ id, body }, { commands }) =>
    done(commands.removePhase(id, body.drop_dependencies)),
  ),
  route("POST", "/api/queue/{queue_id}/execute", emptyBody, ({ id }, { commands }) =>
    done(commands.start(id)),
  ),
  route("POST", "/api/queue/{queue_id}/retry", emptyBody, ({ id }, { commands }) =>
    done(commands.retry(id)),
  ),
  route("POST", "/api/queue/{queue_id}/cancel", emptyBody, ({ id }, { commands }) =>
    done(commands.cancel(id)),
  ),
  route("POST", "/api/queue/{queue_id}/skip", emptyBody, ({ id }, { commands }) =>
    done(commands.skip(id)),
  ),
  route("POST", "/api/queue/{queue_id}/complete", noteBody, ({ id, body }, { commands }) =>
    done(commands.complete(id, body.note)),
  ),
  route("POST", "/api/queue/{queue_id}/fail", noteBody, ({ id, body }, { commands }) =>
    done(commands.fail(id, body.note)),
  ),
];

async function done(command: Promise<CommandResult>): Promise<Answer> {
  const { message } = await command;
  return { status: 200, body: { success: true, message } };
}

async function enqueue(
  { body }: { readonly body: EnqueueBody },
  { commands }: { readonly commands: HopperCommands },
): Promise<Answer> {
  const { parent_issue: parentIssue, if_enqueued: ifEnqueued, ...same } = body;
  const request: EnqueueRequest = {
    ...same,
    ...(parentIssue !== undefined && { parentIssue }),
    ...(ifEnqueued !== undefined && { ifEnqueued }),
  };
  const { planId, planNumber, phases } = await commands.enqueue(request);
  return { status: 201, body: { plan_id: planId, plan_number: planNumber, phases } };
}
