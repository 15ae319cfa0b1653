import type { GitHubAccess } from "../../core/github/mirrorWorker";
import { Pacer } from "../../core/github/pacer";
import { parseApiUrl, publicApiUrl } from "../../core/github/repository";
import type { Context } from "../context";

/**
 * The sign-in of the command line: `GITHUB_TOKEN`, for github.com or the server that `GITHUB_API_URL`
 * names. Nothing in the workspace can send the token elsewhere.
 */
export function githubAccess(context: Pick<Context, "environment" | "clock">): GitHubAccess {
  const { GITHUB_TOKEN } = context.environment;
  return {
    apiUrl: () => apiUrlOf(context),
    token: () => Promise.resolve(GITHUB_TOKEN),
    remedy: "Set GITHUB_TOKEN to a token that may write issues (scope public_repo, or repo).",
    pacer: new Pacer(context.clock),
  };
}

/** @throws HopperError `usage` */
export function apiUrlOf({ environment }: Pick<Context, "environment">): string {
  const { GITHUB_API_URL } = environment;
  return GITHUB_API_URL === undefined || GITHUB_API_URL === ""
    ? publicApiUrl
    : parseApiUrl(GITHUB_API_URL);
}
