import type { Clock } from "../../../src/core/base/clock";
import { operation } from "./openApi";

/** What is asked of the server. */
export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What goes wrong with a request: the answer instead of GitHub's, or none at all. */
export interface Fault {
  /** Whether what was asked for is done all the same. */
  readonly done: boolean;
  /** "reset": the connection breaks. "silent": no answer ever comes. */
  readonly answer: Answer | "reset" | "silent";
}

export interface FakeIssue {
  readonly id: number;
  readonly number: number;
  readonly author: string;
  title: string;
  body: string;
  state: "open" | "closed";
  stateReason: string | null;
  readonly labels: readonly string[];
  readonly createdAt: number;
  locked: boolean;
  /** Was deleted, or moved to another repository. */
  gone?: "deleted" | "moved";
  readonly subIssues: number[];
}

export interface FakeComment {
  readonly id: number;
  readonly issue: number;
  readonly author: string;
  body: string;
  readonly createdAt: number;
}

/** A request as the server took it, with the time of its clock. */
export interface Entry {
  readonly at: number;
  readonly method: string;
  readonly path: string;
}

const prefix = "/repos/acme/rockets";

/**
 * A GitHub with one repository, acme/rockets, that remembers what it was asked for and can be made to
 * fail. What it takes and answers is held against GitHub's description; `violations` has what differs.
 */
export class FakeGitHub {
  readonly issues: FakeIssue[] = [];
  readonly comments: FakeComment[] = [];
  readonly log: Entry[] = [];
  readonly violations: string[] = [];
  /** Names of accounts by their tokens. */
  readonly accounts = new Map([["token-of-robin", "robin"]]);
  /** Milliseconds by which lists are behind. */
  lag = 0;
  /** What the repository is called now; GitHub leads there from the name it had. */
  renamedTo: string | undefined;
  /** What goes wrong with a request. */
  fault: (asked: Asked) => Fault | undefined = () => undefined;
  /** Somebody waits for an answer that does not come. */
  isSilent = false;
  private ids = 1000;

  constructor(private readonly clock: Clock) {}

  /** Requests that write. */
  get writes(): readonly Entry[] {
    return this.log.filter(({ method }) => method !== "GET");
  }

  issue(number: number): FakeIssue {
    const found = this.issues.find((issue) => issue.number === number);
    if (!found) {
      throw new Error(`there is no issue ${number}`);
    }
    return found;
  }

  commentsOn(number: number): readonly FakeComment[] {
    return this.comments.filter(({ issue }) => issue === number);
  }

  addIssue(
    title: string,
    body = "",
    author = "somebody",
    labels: readonly string[] = [],
  ): FakeIssue {
    const issue: FakeIssue = {
      id: ++this.ids,
      number: this.issues.length + 1,
      author,
      title,
      body,
      state: "open",
      stateReason: null,
      labels,
      createdAt: this.clock.now(),
      locked: false,
      subIssues: [],
    };
    this.issues.push(issue);
    return issue;
  }

  addComment(issue: number, body: string, author = "somebody"): FakeComment {
    const comment = { id: ++this.ids, issue, author, body, createdAt: this.clock.now() };
    this.comments.push(comment);
    return comment;
  }

  /** What the server answers; undefined where the connection breaks or stays silent. */
  take(asked: Asked): Answer | "reset" | "silent" {
    const [path = ""] = asked.target.split("?");
    this.log.push({ at: this.clock.now(), method: asked.method, path });
    const fault = this.fault(asked);
    if (fault?.done === false) {
      return fault.answer;
    }
    const answer = this.placed(asked, path);
    return fault?.answer ?? answer;
  }

  private placed(asked: Asked, path: string): Answer {
    if (this.renamedTo === undefined) {
      return this.answer(asked, path);
    }
    const now = `/repos/${this.renamedTo}`;
    const place = "/repositories/1";
    if (path === place) {
      const [login, name] = this.renamedTo.split("/");
      return { status: 200, body: { id: 1, name, owner: { login } } };
    }
    return path.startsWith(now)
      ? this.answer(asked, path.replace(now, prefix))
      : {
          status: asked.method === "GET" ? 301 : 307,
          headers: { location: `https://api.github.com${path.replace(prefix, place)}` },
          body: said("Moved Permanently"),
        };
  }

  private answer(asked: Asked, path: string): Answer {
    const login = this.accounts.get((asked.headers["authorization"] ?? "").replace("Bearer ", ""));
    if (login === undefined) {
      return { status: 401, body: said("Bad credentials") };
    }
    const query = new URLSearchParams(asked.target.split("?")[1]);
    for (const { method, pattern, route, handle } of rows) {
      const match = method === asked.method ? pattern.exec(path) : null;
      if (match) {
        const described = operation(route);
        this.violations.push(...described.checkParameters(path, query));
        if (method !== "GET") {
          this.violations.push(...described.checkRequest(asked.body));
        }
        const answer = handle(this, { login, query, body: asked.body, id: Number(match[1]) });
        this.violations.push(...described.checkAnswer(answer.status, answer.body));
        return { headers: { date: new Date(this.clock.now()).toUTCString() }, ...answer };
      }
    }
    return { status: 404, body: said("Not Found") };
  }

  /** A page of a list, as far as the list knows of it by now. */
  page<T extends { readonly createdAt: number }>(
    all: readonly T[],
    query: URLSearchParams,
    show: (item: T) => unknown,
  ): Answer {
    const size = Number(query.get("per_page") ?? 30);
    const start = (Number(query.get("page") ?? 1) - 1) * size;
    const known = all.filter(
      ({ createdAt }) => this.lag === 0 || createdAt <= this.clock.now() - this.lag,
    );
    const hasNext = known.length > start + size;
    return {
      status: 200,
      body: known.slice(start, start + size).map(show),
      headers: hasNext ? { link: '<https://api.github.com/next>; rel="next"' } : {},
    };
  }
}

interface Call {
  readonly login: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly id: number;
}

interface Row {
  readonly method: string;
  readonly pattern: RegExp;
  readonly route: string;
  readonly handle: (github: FakeGitHub, call: Call) => Answer;
}

function row(route: string, handle: Row["handle"]): Row {
  const [method = "", path = ""] = route.split(" ");
  const own = path.replace("/repos/{owner}/{repo}", prefix).replace(/\{\w+\}/, String.raw`(\d+)`);
  return { method, route, pattern: new RegExp(`^${own}$`), handle };
}

const repo = "/repos/{owner}/{repo}";
const rows: readonly Row[] = [
  row("GET /user", (_github, { login }) => ({
    status: 200,
    body: { ...operation("GET /user").example(200), login },
  })),
  row(`GET ${repo}`, () => {
    // The published example lacks what the description asks for.
    const example = operation(`GET ${repo}`).example(200);
    return { status: 200, body: { ...example, source: undefined, language: null } };
  }),
  row(`GET ${repo}/issues`, (github, { query }) =>
    github.page(github.issues.filter(({ gone }) => gone === undefined).reverse(), query, (issue) =>
      shownIssue(github, issue),
    ),
  ),
  row(`POST ${repo}/issues`, (github, { login, body }) => {
    const labels = Array.isArray(body["labels"]) ? body["labels"].map(String) : [];
    const issue = github.addIssue(text(body["title"]), text(body["body"]), login, labels);
    return { status: 201, body: shownIssue(github, issue) };
  }),
  row(`GET ${repo}/issues/{issue_number}`, (github, { id }) =>
    onIssue(github, id, (issue) => ({ status: 200, body: shownIssue(github, issue) })),
  ),
  row(`PATCH ${repo}/issues/{issue_number}`, (github, { id, body }) =>
    onIssue(github, id, (issue) => {
      issue.title = body["title"] === undefined ? issue.title : text(body["title"]);
      issue.body = body["body"] === undefined ? issue.body : text(body["body"]);
      if (body["state"] === "open" || body["state"] === "closed") {
        issue.state = body["state"];
        issue.stateReason = text(body["state_reason"]);
      }
      return { status: 200, body: shownIssue(github, issue) };
    }),
  ),
  row(`GET ${repo}/issues/{issue_number}/comments`, (github, { id, query }) =>
    onIssue(github, id, () =>
      github.page(github.commentsOn(id), query, (comment) => shownComment(comment)),
    ),
  ),
  row(`POST ${repo}/issues/{issue_number}/comments`, (github, { id, login, body }) =>
    onIssue(github, id, ({ locked }) =>
      locked
        ? { status: 403, body: said("Unable to create comment because issue is locked.") }
        : {
            status: 201,
            body: shownComment(github.addComment(id, text(body["body"]), login)),
          },
    ),
  ),
  row(`PATCH ${repo}/issues/comments/{comment_id}`, (github, { id, body }) => {
    const comment = github.comments.find((found) => found.id === id);
    if (!comment) {
      return { status: 404, body: said("Not Found") };
    }
    comment.body = text(body["body"]);
    return { status: 200, body: shownComment(comment) };
  }),
  row(`GET ${repo}/issues/{issue_number}/sub_issues`, (github, { id, query }) =>
    onIssue(github, id, ({ subIssues }) =>
      github.page(
        github.issues.filter((issue) => subIssues.includes(issue.id)),
        query,
        (issue) => shownIssue(github, issue),
      ),
    ),
  ),
  row(`POST ${repo}/issues/{issue_number}/sub_issues`, (github, { id, body }) =>
    onIssue(github, id, (issue) => {
      const child = Number(body["sub_issue_id"]);
      if (github.issues.some(({ subIssues }) => subIssues.includes(child))) {
        return { status: 422, body: said("Issue may not contain duplicate sub-issues") };
      }
      issue.subIssues.push(child);
      return { status: 201, body: shownIssue(github, issue) };
    }),
  ),
];

function onIssue(github: FakeGitHub, number: number, act: (issue: FakeIssue) => Answer): Answer {
  const issue = github.issues.find((found) => found.number === number);
  switch (issue?.gone) {
    case "deleted":
      return { status: 410, body: said("This issue was deleted") };
    case "moved":
      return {
        status: 301,
        headers: { location: "https://api.github.com/repositories/2/issues/9" },
        body: {
          ...said("Moved Permanently"),
          url: "https://api.github.com/repositories/2/issues/9",
        },
      };
    case undefined:
      return issue ? act(issue) : { status: 404, body: said("Not Found") };
  }
}

function shownIssue(github: FakeGitHub, issue: FakeIssue): unknown {
  return {
    ...operation(`POST ${repo}/issues`).example(201),
    pull_request: undefined,
    id: issue.id,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    state_reason: issue.stateReason,
    locked: issue.locked,
    labels: issue.labels,
    comments: github.commentsOn(issue.number).length,
    user: shownUser(issue.author),
    created_at: new Date(issue.createdAt).toISOString(),
  };
}

function shownComment({ id, body, author, createdAt }: FakeComment): unknown {
  return {
    ...operation(`POST ${repo}/issues/{issue_number}/comments`).example(201),
    id,
    body,
    user: shownUser(author),
    created_at: new Date(createdAt).toISOString(),
  };
}

function shownUser(login: string): unknown {
  const { user } = operation(`POST ${repo}/issues/{issue_number}/comments`).example(201);
  return { ...(typeof user === "object" ? user : {}), login };
}

function said(message: string) {
  return { message, documentation_url: "https://docs.github.com/rest" };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
