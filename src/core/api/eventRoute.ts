import { HopperError } from "../base/errors";
import { words } from "../base/words";
import { serverMessage } from "./eventMessages";
import { eventsQuery } from "./requestSchemas";
import { route } from "./route";

/**
 * The row of the event stream. It is matched, guarded and described like every other; a request that
 * asks for an upgrade then gets a WebSocket (eventStream.ts), any other is refused.
 */
export const followEvents = route({
  name: "followEvents",
  method: "GET",
  path: "/api/events",
  summary: "A WebSocket: a snapshot, then each event",
  query: eventsQuery,
  reply: serverMessage,
  status: 101,
  refusals: [426],
  answer: () => {
    throw new HopperError("usage", words`This route is a WebSocket: ask for an upgrade.`);
  },
});
