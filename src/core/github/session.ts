import type { GitHubClient } from "./client";
import type { Repository } from "../protocol/mirrors";

/** One sign-in at work: the account, and the way to each repository. */
export interface Session {
  /** The account's name; undefined for a token that is nobody's. */
  readonly login: string | undefined;
  client(repository: Repository): GitHubClient;
}
