import { words } from "../base/words";
import type { Repository } from "../protocol/mirrors";
import type { GitHubClient } from "./client";
import { GitHubError } from "./failure";

/**
 * Looks whether something is missing because its repository is.
 *
 * @returns what the repository is called now, where it was renamed.
 * @throws GitHubError `forbidden` where the repository is not there, or may not be seen.
 */
export async function lookForRepository(client: GitHubClient): Promise<Repository | undefined> {
  try {
    await client.checkRepository();
    return undefined;
  } catch (error) {
    if (!(error instanceof GitHubError) || error.problem.kind !== "missing") {
      throw error;
    }
    // Only the number is taken: whatever is asked goes to the one server that the token is for.
    const id = /\/repositories\/(\d+)$/.exec(error.problem.movedTo ?? "")?.[1];
    if (id === undefined) {
      throw new GitHubError(
        { kind: "forbidden" },
        words`The repository ${client.name} is not there, or the sign-in may not see it.`,
      );
    }
    const found = await client.repositoryById(Number(id));
    return `${found.owner}/${found.name}` === client.name ? undefined : found;
  }
}
