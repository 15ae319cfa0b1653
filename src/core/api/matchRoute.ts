import type { Route } from "./route";

/** The row for a request, or the methods that its path has rows for (none: no such path). */
export type Match =
  | {
      readonly route: Route;
      readonly params: Readonly<Record<string, string>>;
      /** What stands behind the question mark. */
      readonly query: string;
    }
  | { readonly allowed: readonly string[] };

/** Finds the row for a request; where two paths fit, the one that stands first in the table. */
export function matchRoute(routes: readonly Route[], method: string, target: string): Match {
  const allowed: string[] = [];
  const [path = "", query = ""] = split(target);
  for (const candidate of routes) {
    const params = matchPath(candidate, path);
    if (params !== undefined) {
      if (candidate.method === method) {
        return { route: candidate, params, query };
      }
      allowed.push(candidate.method);
    }
  }
  return { allowed };
}

function split(target: string): readonly string[] {
  const mark = target.indexOf("?");
  return mark === -1 ? [target] : [target.slice(0, mark), target.slice(mark + 1)];
}

/** The parameters' values, or undefined if the path is another one. Nothing is decoded. */
function matchPath(route: Route, path: string): Readonly<Record<string, string>> | undefined {
  const segments = route.path.split("/");
  const given = path.split("/");
  if (segments.length !== given.length) {
    return undefined;
  }
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const value = given[index] ?? "";
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name !== undefined) {
      params[name] = value;
    } else if (segment !== value) {
      return undefined;
    }
  }
  return route.params.safeParse(params).success ? params : undefined;
}

/** A query as an object; undefined where a name comes twice, which could be read in two ways. */
export function readQuery(query: string): Readonly<Record<string, string>> | undefined {
  const entries = [...new URLSearchParams(query)];
  const names = new Set(entries.map(([name]) => name));
  return names.size === entries.length ? Object.fromEntries(entries) : undefined;
}
