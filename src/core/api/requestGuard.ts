import type { IncomingMessage } from "node:http";
import { type Answer, refusal } from "./answer";
import { isSameSecret } from "./handshake";

/** What a request has to bring along to be let in. */
export interface Access {
  readonly token: string;
  /** The `Host` headers by which this server is known, compared exactly. */
  readonly hosts: readonly string[];
}

/** The `Host` of requests over the local socket, which has no host and no port. */
export const localHost = "localhost";

/**
 * Decides by its headers alone whether a request may be worked on. A browser can be made to send
 * requests to a local port by any page: it then names that page as `Origin`, or a name of the
 * attacker as `Host`, and it cannot know the token.
 */
export function refuseByHeaders(request: IncomingMessage, access: Access): Answer | undefined {
  const { host = [], origin, authorization = [] } = request.headersDistinct;
  const [onlyHost] = host;
  if (host.length !== 1 || onlyHost === undefined || !access.hosts.includes(onlyHost)) {
    return refusal(403, "The request does not name this server as its Host.");
  }
  if (origin !== undefined) {
    return refusal(403, "Requests from web pages are not allowed.");
  }
  const [credentials] = authorization;
  if (
    authorization.length !== 1 ||
    credentials === undefined ||
    !isSameSecret(credentials, `Bearer ${access.token}`)
  ) {
    return refusal(401, "The request brings no valid token.", { "WWW-Authenticate": "Bearer" });
  }
  return refuseByContentType(request);
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

function hasBody(request: IncomingMessage): boolean {
  const { "content-length": length = "0", "transfer-encoding": encoding } = request.headers;
  return encoding !== undefined || length !== "0";
}
