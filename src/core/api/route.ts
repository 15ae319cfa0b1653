import type * as z from "zod";
import { validate } from "../base/validate";
import type { HopperCommands } from "../protocol/commands";
import type { Answer } from "./answer";

/** What routes work with. */
export interface RouteContext {
  readonly commands: HopperCommands;
}

export interface RouteRequest<Body> {
  /** The value of the path's one parameter; empty for a path without one. */
  readonly id: string;
  readonly body: Body;
}

/** One row of the API: what is asked for, and what answers it. */
export interface Route {
  readonly method: string;
  /** Segments are literal, or one of them is a parameter in braces. */
  readonly path: string;
  /** Bytes that a body may have. */
  readonly bodyLimit: number;
  /** Checks the body and carries out the request; `json` is undefined for an empty body. */
  readonly handle: (id: string, json: unknown, context: RouteContext) => Promise<Answer>;
}

/** What the API allows a body to have, unless a route says otherwise. */
export const usualBodyLimit = 64 * 1024;

/** Makes a row whose handler gets a body that passed `schema`. */
export function route<Body>(
  method: string,
  path: string,
  schema: z.ZodType<Body>,
  answer: (request: RouteRequest<Body>, context: RouteContext) => Promise<Answer>,
  bodyLimit = usualBodyLimit,
): Route {
  return {
    method,
    path,
    bodyLimit,
    handle: (id, json = {}, context) =>
      answer({ id, body: validate(schema, json, "The request's body") }, context),
  };
}

/** The row for a request, or the methods that its path has rows for (none: no such path). */
export type Match =
  { readonly route: Route; readonly id: string } | { readonly allowed: readonly string[] };

/** Finds the row for a request; where two paths fit, the one that stands first in the table. */
export function matchRoute(routes: readonly Route[], method: string, target: string): Match {
  const allowed: string[] = [];
  for (const candidate of routes) {
    const id = matchPath(candidate.path, target);
    if (id !== undefined) {
      if (candidate.method === method) {
        return { route: candidate, id };
      }
      allowed.push(candidate.method);
    }
  }
  return { allowed };
}

/** The parameter's value, or undefined if the path is another one. Nothing is decoded. */
function matchPath(path: string, target: string): string | undefined {
  const segments = path.split("/");
  const given = target.split("/");
  if (segments.length !== given.length) {
    return undefined;
  }
  let id = "";
  for (const [index, segment] of segments.entries()) {
    const value = given[index] ?? "";
    if (segment.startsWith("{") && /^[A-Za-z0-9-]{1,64}$/.test(value)) {
      id = value;
    } else if (segment !== value) {
      return undefined;
    }
  }
  return id;
}
