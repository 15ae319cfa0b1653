import { request } from "@octokit/request";
import * as z from "zod";
import type { Clock } from "../base/clock";
import { errorWords } from "../base/errors";
import { words } from "../base/words";
import { GitHubError, refusalError } from "./failure";
import type { Repository } from "../protocol/mirrors";

const userSchema = z.object({ login: z.string() });

const repositorySchema = z.object({ owner: userSchema, name: z.string() });

const commentSchema = z.object({
  id: z.int(),
  body: z.string().nullish(),
  user: userSchema.nullish(),
});
/** A comment on an issue. */
export type Comment = z.infer<typeof commentSchema>;

const issueSchema = z.object({
  id: z.int(),
  number: z.int(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.string(),
  comments: z.int(),
  created_at: z.string(),
  user: userSchema.nullish(),
  pull_request: z.unknown().optional(),
});
/** An issue, or a pull request, which counts as one. */
export type Issue = z.infer<typeof issueSchema>;

/** What an issue's state is set to; GitHub leaves out what is left out. */
export interface IssueChange {
  readonly title?: string;
  readonly body?: string;
  readonly state?: "open" | "closed";
  readonly state_reason?: "completed" | "not_planned" | "reopened";
}

export interface ClientOptions {
  readonly apiUrl: string;
  readonly token: string;
  readonly repository: Repository;
  readonly clock: Clock;
  /** Aborts what is under way. */
  readonly signal: AbortSignal;
  /** The way to the server; default: the one of Node. */
  readonly fetch?: typeof fetch;
}

/** An answer that takes longer is none. */
const longestAnswer = 60_000;
const perPage = 100;

/**
 * The few requests of GitHub's REST API that a mirror makes, each exactly once: nothing is sent again
 * here, since only whoever asked knows whether that does harm.
 *
 * Every method rejects with a GitHubError.
 */
export class GitHubClient {
  private readonly send: typeof request;

  constructor(private readonly options: ClientOptions) {
    this.send = request.defaults({
      baseUrl: options.apiUrl,
      headers: {
        authorization: `Bearer ${options.token}`,
        accept: "application/vnd.github+json",
        "x-github-api-version": "2022-11-28",
        "user-agent": "phase-hopper",
      },
    });
  }

  /** The account's name; undefined for a token that is nobody's, as those of GitHub Actions are. */
  async login(): Promise<string | undefined> {
    try {
      return read(userSchema, (await this.answer("GET /user", {})).data).login;
    } catch (error) {
      if (error instanceof GitHubError && error.problem.kind === "forbidden") {
        return undefined;
      }
      throw error;
    }
  }

  /** `owner/name` */
  get name(): string {
    const { owner, name } = this.options.repository;
    return `${owner}/${name}`;
  }

  /** Rejects with `missing` where the account cannot see the repository. */
  async checkRepository(): Promise<void> {
    await this.ask("GET /repos/{owner}/{repo}", {}, z.object({ id: z.int() }));
  }

  /**
   * The repository with this number, which GitHub never gives to another one.
   *
   * @param id as GitHub leads to it from the name that a repository had.
   */
  async repositoryById(id: number): Promise<Repository> {
    const route = "GET /repositories/{repository_id}";
    const { data } = await this.answer(route, { repository_id: id });
    const { owner, name } = read(repositorySchema, data);
    return { owner: owner.login, name };
  }

  issue(number: number): Promise<Issue> {
    return this.ask("GET /repos/{owner}/{repo}/issues/{issue_number}", at(number), issueSchema);
  }

  /** All issues and pull requests, the newest first, page by page. */
  newestIssues(): AsyncGenerator<readonly Issue[]> {
    const order = { state: "all", sort: "created", direction: "desc" };
    return this.pages("GET /repos/{owner}/{repo}/issues", order, issueSchema);
  }

  createIssue(title: string, body: string, labels: readonly string[]): Promise<Issue> {
    const content = { title, body, labels };
    return this.ask("POST /repos/{owner}/{repo}/issues", content, issueSchema);
  }

  updateIssue(number: number, change: IssueChange): Promise<Issue> {
    const content = { ...at(number), ...change };
    return this.ask("PATCH /repos/{owner}/{repo}/issues/{issue_number}", content, issueSchema);
  }

  comments(number: number): AsyncGenerator<readonly Comment[]> {
    const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/comments";
    return this.pages(route, at(number), commentSchema);
  }

  createComment(number: number, body: string): Promise<Comment> {
    const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
    return this.ask(route, { ...at(number), body }, commentSchema);
  }

  updateComment(id: number, body: string): Promise<Comment> {
    const route = "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}";
    return this.ask(route, { comment_id: id, body }, commentSchema);
  }

  subIssues(number: number): AsyncGenerator<readonly Issue[]> {
    const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/sub_issues";
    return this.pages(route, at(number), issueSchema);
  }

  /** @param id GitHub's own id of the issue that becomes the sub-issue. */
  async addSubIssue(parent: number, id: number): Promise<void> {
    const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/sub_issues";
    await this.ask(route, { ...at(parent), sub_issue_id: id }, z.unknown());
  }

  /** Where every request but that for the account goes. */
  private get place(): Readonly<Record<string, string>> {
    const { owner, name } = this.options.repository;
    return { owner, repo: name };
  }

  private async *pages<T>(
    route: string,
    parameters: Readonly<Record<string, unknown>>,
    schema: z.ZodType<T>,
  ): AsyncGenerator<readonly T[]> {
    for (let page = 1; ; page++) {
      const query = { ...this.place, ...parameters, per_page: perPage, page };
      const { data, headers } = await this.answer(route, query);
      const items = read(z.array(schema), data);
      yield items;
      if (!/rel="next"/.test(headers["link"] ?? "") && items.length < perPage) {
        return;
      }
    }
  }

  private async ask<T>(
    route: string,
    parameters: Readonly<Record<string, unknown>>,
    schema: z.ZodType<T>,
  ): Promise<T> {
    return read(schema, (await this.answer(route, { ...this.place, ...parameters })).data);
  }

  private async answer(
    route: string,
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly data: unknown; readonly headers: Headers }> {
    const { clock, signal, fetch: given } = this.options;
    const abort = new AbortController();
    const timer = clock.after(longestAnswer, () => abort.abort());
    try {
      const answer: { status: number; headers: object; data: unknown } = await this.send(route, {
        ...parameters,
        // Fetch makes a GET of a POST that is sent elsewhere.
        request: {
          redirect: "manual",
          signal: AbortSignal.any([signal, abort.signal]),
          ...(given && { fetch: given }),
        },
      });
      const { status, data } = answer;
      const headers = texts(answer.headers);
      if (status >= 300) {
        throw refusalError({ status, headers, message: "moved" }, clock.now());
      }
      return { data, headers };
    } catch (error) {
      throw error instanceof GitHubError ? error : this.failure(error);
    } finally {
      timer.dispose();
    }
  }

  private failure(error: unknown): GitHubError {
    const answered = answeredSchema.safeParse(error);
    if (!answered.success) {
      const problem = { kind: "unclear", answered: false } as const;
      return new GitHubError(problem, words`GitHub does not answer: ${errorWords(error)}`);
    }
    const { status, response, message } = answered.data;
    const refusal = { status, message, headers: texts(response.headers) };
    return refusalError(refusal, this.options.clock.now());
  }
}

/** Octokit's error of an answer that is a refusal; without an answer it has none. */
const answeredSchema = z.object({
  status: z.number(),
  message: z.string(),
  response: z.object({ headers: z.record(z.string(), z.unknown()) }),
});

type Headers = Readonly<Record<string, string>>;

function texts(headers: object): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

function at(number: number): { readonly issue_number: number } {
  return { issue_number: number };
}

function read<T>(schema: z.ZodType<T>, data: unknown): T {
  const answer = schema.safeParse(data);
  if (!answer.success) {
    const problem = { kind: "unclear", answered: true } as const;
    throw new GitHubError(problem, words`GitHub's answer cannot be read.`);
  }
  return answer.data;
}
