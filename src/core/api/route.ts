import * as z from "zod";
import { validate } from "../base/validate";
import type { HopperCommands } from "../protocol/commands";
import type { QueueSource } from "./queueSource";
import type { AnswerStream } from "./send";

/** What routes work with. */
export interface RouteContext {
  readonly commands: HopperCommands;
  readonly queue: QueueSource;
}

/** What a handler gets: everything checked already. */
export interface RouteRequest<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The token of an attempt, where the request brings that instead of the API's. */
  readonly attemptToken: string | undefined;
}

/** A request as it arrives at its route: let in, but nothing of it is checked. */
export type RawRequest = RouteRequest<unknown, unknown, unknown>;

/**
 * One row of the API: what can be asked for, in which shape, and what answers it. Routing, checks,
 * the OpenAPI document and the client's types all follow from it.
 */
export interface Route<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Reply extends z.ZodType = z.ZodType,
> {
  /** Its name in the OpenAPI document. */
  readonly name: string;
  readonly method: "GET" | "POST" | "DELETE";
  /** Segments are literal, or parameters in braces. */
  readonly path: string;
  /** A line for readers of the documents. */
  readonly summary: string;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** What is answered when all goes well, with {@link status}; 101 is a WebSocket. */
  readonly reply: Reply;
  readonly status: 101 | 200 | 201;
  readonly contentType: "application/json" | "application/octet-stream";
  /** The refusals that are this route's own, beside those that every route can give. */
  readonly refusals: readonly RefusalStatus[];
  /** Bytes that a body may have. */
  readonly bodyLimit: number;
  /** A token of an attempt is enough to be let in. */
  readonly takesAttemptToken: boolean;
  /** Checks the request and carries it out. Answers what {@link reply} describes. */
  readonly perform: (request: RawRequest, context: RouteContext) => Promise<object>;
}

export type RefusalStatus = 404 | 409 | 422 | 426;

/** What the API allows a body to have, unless a route says otherwise. */
export const usualBodyLimit = 64 * 1024;

/** The schema of what takes nothing: a field that is given all the same is named and refused. */
export const nothing = z.strictObject({});
type Nothing = typeof nothing;

/** Makes a row whose handler gets what passed the schemas. */
export function route<
  Reply extends z.ZodType,
  Params extends z.ZodType = Nothing,
  Query extends z.ZodType = Nothing,
  Body extends z.ZodType = Nothing,
>(
  row: Pick<Route, "name" | "method" | "path" | "summary"> &
    Partial<
      Pick<Route, "status" | "contentType" | "refusals" | "bodyLimit" | "takesAttemptToken">
    > & {
      readonly params?: Params;
      readonly query?: Query;
      readonly body?: Body;
      readonly reply: Reply;
      readonly answer: (
        request: RouteRequest<z.output<Params>, z.output<Query>, z.output<Body>>,
        context: RouteContext,
      ) => Answered<z.output<Reply>> | Promise<Answered<z.output<Reply>>>;
    },
): Route<Params | Nothing, Query | Nothing, Body | Nothing, Reply>;
export function route({
  params = nothing,
  query = nothing,
  body = nothing,
  status = 200,
  contentType = "application/json",
  refusals = [],
  bodyLimit = usualBodyLimit,
  takesAttemptToken = false,
  answer,
  ...same
}: Pick<Route, "name" | "method" | "path" | "summary" | "reply"> &
  Partial<Route> & {
    readonly answer: (request: RawRequest, context: RouteContext) => object | Promise<object>;
  }): Route {
  return {
    ...same,
    ...{ params, query, body, status, contentType, refusals, bodyLimit, takesAttemptToken },
    perform: async (request, context) =>
      answer(
        {
          params: validate(params, request.params, "The path"),
          query: validate(query, request.query, "The query"),
          body: validate(
            body,
            request.body === undefined ? {} : request.body,
            "The request's body",
          ),
          attemptToken: request.attemptToken,
        },
        context,
      ),
  };
}

/** What a handler answers: the reply, or the same in pieces. */
type Answered<Reply> = Reply | AnswerStream;
