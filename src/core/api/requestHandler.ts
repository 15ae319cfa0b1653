import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../base/clock";
import { HopperError } from "../base/errors";
import type { Logger } from "../base/log";
import { type Answer, answerToError } from "./answer";
import type { Admitted } from "./guard";
import { readBody } from "./requestBody";
import type { RouteContext } from "./route";
import { AnswerStream, send, sendStream } from "./send";

export interface RequestHandlerOptions {
  readonly context: RouteContext;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Carries out a request that was let in and answers it, whatever it came over. */
export async function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  admitted: Admitted,
  { context, clock, logger }: RequestHandlerOptions,
): Promise<void> {
  response.on("error", (error) => logger.debug(`An answer was lost: ${error.message}`));
  try {
    const answer = await perform(request, admitted, context, clock);
    if (answer instanceof AnswerStream) {
      await sendStream(response, answer, clock);
    } else {
      send(response, answer);
    }
  } catch (error) {
    if (response.headersSent) {
      logger.error("An answer broke off.", error);
      response.destroy();
    } else {
      send(response, withStatus(answerToError(error, logger), error, admitted, context));
    }
  }
}

async function perform(
  request: IncomingMessage,
  { route, params, query, attemptToken }: Admitted,
  context: RouteContext,
  clock: Clock,
): Promise<Answer | AnswerStream> {
  const body = await readBody(request, route.bodyLimit, clock);
  if ("refused" in body) {
    return body.refused;
  }
  const reply = await route.perform({ params, query, body: body.json, attemptToken }, context);
  return reply instanceof AnswerStream ? reply : { status: route.status, body: reply };
}

/** Where a phase is in the wrong status, the answer says in a field of its own which it is in. */
function withStatus(
  answer: Answer,
  error: unknown,
  { params }: Admitted,
  { queue }: RouteContext,
): Answer {
  const queueId = params["queue_id"] ?? params["id"];
  if (!(error instanceof HopperError && error.kind === "conflict") || queueId === undefined) {
    return answer;
  }
  const status = queue.phase(queueId)?.status;
  return status === undefined ? answer : { ...answer, body: { ...answer.body, status } };
}
