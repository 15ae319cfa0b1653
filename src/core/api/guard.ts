import { english } from "../base/words";
import type { IncomingMessage } from "node:http";
import { type Answer, refusal } from "./answer";
import { isSameSecret } from "./handshake";
import { matchRoute, readQuery } from "./matchRoute";
import { tooLarge } from "./requestBody";
import type { Route } from "./route";

/** What a request has to bring along to be let in, by the door it comes through. */
export interface Access {
  readonly token: string;
  /** The `Host` headers by which this server is known, compared exactly. */
  readonly hosts: readonly string[];
  /** Whether this token was given to an attempt, one that has ended included: its late report is answered. */
  readonly isAttemptToken: (token: string) => boolean;
}

/** A request that may be worked on. */
export interface Admitted {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Set where the request brings an attempt's token instead of the API's. */
  readonly attemptToken: string | undefined;
}

export type Decision = { readonly admitted: Admitted } | { readonly refused: Answer };

/** The `Host` of requests over the local socket, which has no host and no port. */
export const localHost = "localhost";

/**
 * Decides on every request, a WebSocket's included, before any work is done: by its first line and
 * its headers alone, in the order of the API's contract. A browser can be made to send requests to a
 * local port by any page: it then names that page as `Origin`, or a name of the attacker as `Host`,
 * and it cannot know the token.
 */
export function decide(
  request: IncomingMessage,
  routes: readonly Route[],
  access: Access,
): Decision {
  const { method = "", url = "" } = request;
  const match = matchRoute(routes, method, url);
  if (!("route" in match)) {
    return refused(
      match.allowed.length === 0
        ? refusal(404, "There is no such route.")
        : refusal(405, `This route does not know ${method}.`, { Allow: match.allowed.join(", ") }),
    );
  }
  const { route, params } = match;
  const { host = [], origin } = request.headersDistinct;
  const [onlyHost] = host;
  if (host.length !== 1 || onlyHost === undefined || !access.hosts.includes(onlyHost)) {
    return refused(refusal(403, "The request does not name this server as its Host."));
  }
  if (origin !== undefined) {
    return refused(refusal(403, "Requests from web pages are not allowed."));
  }
  const bearer = bearerOf(request, access, route);
  if (bearer === undefined) {
    return refused(
      refusal(401, "The request brings no valid token.", { "WWW-Authenticate": "Bearer" }),
    );
  }
  const problem = refuseByContentType(request) ?? refuseBySize(request, route);
  if (problem !== undefined) {
    return refused(problem);
  }
  const query = readQuery(match.query);
  return query === undefined
    ? refused(refusal(400, "The query names a parameter twice."))
    : { admitted: { route, params, query, attemptToken: bearer.attemptToken } };
}

function refused(answer: Answer): Decision {
  return { refused: answer };
}

/** Whose token the request brings; undefined when it brings none that is good for this route. */
function bearerOf(
  request: IncomingMessage,
  access: Access,
  route: Route,
): { readonly attemptToken: string | undefined } | undefined {
  const { authorization = [] } = request.headersDistinct;
  const [credentials = ""] = authorization;
  if (authorization.length !== 1) {
    return undefined;
  }
  if (isSameSecret(credentials, `Bearer ${access.token}`)) {
    return { attemptToken: undefined };
  }
  const attemptToken = /^Bearer ([0-9A-Za-z_-]{16,128})$/.exec(credentials)?.[1];
  return route.takesAttemptToken &&
    attemptToken !== undefined &&
    access.isAttemptToken(attemptToken)
    ? { attemptToken }
    : undefined;
}

/** A page can send a form or plain text to another site unasked, but not JSON. */
function refuseByContentType(request: IncomingMessage): Answer | undefined {
  const types = request.headersDistinct["content-type"];
  if (types === undefined && !hasBody(request)) {
    return undefined;
  }
  const [type = ""] = types ?? [];
  return types?.length === 1 && /^application\/json(; ?charset=utf-8)?$/i.test(type)
    ? undefined
    : refusal(415, "The request's body must be JSON, and its Content-Type application/json.");
}

function refuseBySize(request: IncomingMessage, { bodyLimit }: Route): Answer | undefined {
  return Number(request.headers["content-length"] ?? 0) > bodyLimit
    ? refusal(413, english(tooLarge(bodyLimit)))
    : undefined;
}

function hasBody(request: IncomingMessage): boolean {
  const { "content-length": length = "0", "transfer-encoding": encoding } = request.headers;
  return encoding !== undefined || length !== "0";
}
