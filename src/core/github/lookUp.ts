import type { Comment, GitHubClient, Issue } from "./client";
import { GitHubError } from "./failure";
import { hasMarker } from "./marker";

/** What came of looking for something that may have been created. */
export type Finding<T> =
  | { readonly kind: "found"; readonly thing: T }
  /** Everything was read, and GitHub's own count or numbers agree that this was everything. */
  | { readonly kind: "absent" }
  /** The list lacks something that is there: it lags behind, and says nothing yet. */
  | { readonly kind: "unclear" };

/** What is looked for: a marker in a text of this account. */
export interface Sought {
  readonly entryId: string;
  readonly login: string;
  /** ISO time of the first try. */
  readonly triedAt: string;
}

/** Our clock and GitHub's may differ by so much. */
const skew = 5 * 60_000;
/** Numbers that are no issues, since discussions are numbered along, in a row. */
const longestGap = 5;

/** Looks through all comments of an issue; a list shorter than the issue's own count is no proof. */
export async function lookForComment(
  client: GitHubClient,
  issueNumber: number,
  sought: Sought,
): Promise<Finding<Comment>> {
  let listed = 0;
  for await (const page of client.comments(issueNumber)) {
    const thing = page.find((comment) => isOurs(comment, sought));
    if (thing) {
      return { kind: "found", thing };
    }
    listed += page.length;
  }
  const { comments } = await client.issue(issueNumber);
  return { kind: listed < comments ? "unclear" : "absent" };
}

/**
 * Looks through the issues since shortly before the first try, and then for issues with numbers above
 * the newest one listed: a list can lag, while an issue is there by its number at once.
 */
export async function lookForIssue(client: GitHubClient, sought: Sought): Promise<Finding<Issue>> {
  const since = Date.parse(sought.triedAt) - skew;
  let newest = 0;
  for await (const page of client.newestIssues()) {
    const thing = page.find((issue) => isOurs(issue, sought));
    if (thing) {
      return { kind: "found", thing };
    }
    newest = Math.max(newest, ...page.map(({ number }) => number));
    const last = page.at(-1);
    if (last && Date.parse(last.created_at) < since) {
      break;
    }
  }
  let isLagging = false;
  for (let number = newest + 1, gap = 0; gap < longestGap; number++) {
    const thing = await issueIfThere(client, number);
    if (thing && isOurs(thing, sought)) {
      return { kind: "found", thing };
    }
    isLagging ||= thing !== undefined;
    gap = thing ? 0 : gap + 1;
  }
  return { kind: isLagging ? "unclear" : "absent" };
}

/** Whether an issue is among its parent's sub-issues. */
export async function isSubIssue(
  client: GitHubClient,
  parent: number,
  number: number,
): Promise<boolean> {
  for await (const page of client.subIssues(parent)) {
    if (page.some((issue) => issue.number === number)) {
      return true;
    }
  }
  return false;
}

/** A marker can be copied: only what our own account wrote is ours. */
function isOurs({ body, user }: Comment | Issue, { entryId, login }: Sought): boolean {
  return user?.login.toLowerCase() === login.toLowerCase() && hasMarker(body ?? "", entryId);
}

async function issueIfThere(client: GitHubClient, number: number): Promise<Issue | undefined> {
  try {
    return await client.issue(number);
  } catch (error) {
    if (error instanceof GitHubError && error.problem.kind === "missing") {
      return undefined;
    }
    throw error;
  }
}
