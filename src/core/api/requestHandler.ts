import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../base/clock";
import type { Logger } from "../base/log";
import { type Answer, answerToError, refusal, send } from "./answer";
import { readBody } from "./requestBody";
import { type Access, refuseByHeaders } from "./requestGuard";
import { matchRoute, type Route, type RouteContext } from "./route";

export interface RequestHandlerOptions {
  readonly routes: readonly Route[];
  readonly context: RouteContext;
  readonly access: Access;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Answers requests, whatever they came over; the checks stand in the order of the API's contract. */
export async function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: RequestHandlerOptions,
): Promise<void> {
  response.on("error", (error) => options.logger.debug(`An answer was lost: ${error.message}`));
  let answer: Answer;
  try {
    answer = await answerTo(request, options);
  } catch (error) {
    answer = answerToError(error, options.logger);
  }
  send(response, answer);
}

async function answerTo(
  request: IncomingMessage,
  { routes, context, access, clock }: RequestHandlerOptions,
): Promise<Answer> {
  const { method = "", url = "" } = request;
  const match = matchRoute(routes, method, url);
  if (!("route" in match)) {
    return match.allowed.length === 0
      ? refusal(404, "There is no such route.")
      : refusal(405, `This route does not know ${method}.`, { Allow: match.allowed.join(", ") });
  }
  const refused = refuseByHeaders(request, access);
  if (refused !== undefined) {
    return refused;
  }
  const body = await readBody(request, match.route.bodyLimit, clock);
  return "refused" in body ? body.refused : match.route.handle(match.id, body.json, context);
}
