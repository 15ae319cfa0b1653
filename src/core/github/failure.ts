import { HopperError } from "../base/errors";
import { withoutSecrets } from "../base/secrets";
import { type Text, words } from "../base/words";

/** Why GitHub did not do what it was asked for. */
export type Problem =
  /** No answer, a server's error, or one that cannot be read: it may have been done. */
  | {
      readonly kind: "unclear";
      /** There was an answer: whatever was asked for is not still on its way. */
      readonly answered: boolean;
    }
  /** Asked too often: not before so many milliseconds, where GitHub says so. */
  | { readonly kind: "limited"; readonly wait?: number }
  /** There is no token, or it is not valid any more. */
  | { readonly kind: "signIn" }
  /** The account or its token may not do this; `url` is where that can be changed. */
  | { readonly kind: "forbidden"; readonly url?: string }
  /** It is not there, was deleted, or was moved elsewhere: GitHub says where it is now. */
  | { readonly kind: "missing"; readonly movedTo?: string }
  /** It makes no sense there: locked, disabled, not valid. */
  | { readonly kind: "refused" };

/** GitHub said no, or nothing; the message is fit for the user and holds no secret. */
export class GitHubError extends HopperError {
  override readonly name: string = "GitHubError";

  constructor(
    readonly problem: Problem,
    message: Text,
  ) {
    super(problem.kind === "refused" ? "conflict" : "unavailable", secretless(message));
  }
}

/** What GitHub or the network said stands among the values of a text. */
function secretless(text: Text): Text {
  return typeof text === "string"
    ? withoutSecrets(text)
    : {
        message: text.message,
        inserts: text.inserts.map((value) =>
          typeof value === "number" ? value : secretless(value),
        ),
      };
}

/** What of an answer says why it is a refusal. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** GitHub's own words. */
  readonly message: string;
}

/**
 * Tells the kinds of refusals apart.
 *
 * @param now the time here in milliseconds; used only where the server does not tell its own.
 */
export function refusalError({ status, headers, message }: Refusal, now: number): GitHubError {
  const header: Header = (name) => headers[name];
  const said = message.slice(0, 300);
  if (status === 429 || (status === 403 && isRateLimit(header, message))) {
    const wait = waitOf(header, now);
    return new GitHubError(
      { kind: "limited", ...(wait !== undefined && { wait }) },
      words`GitHub asks to wait: ${said}`,
    );
  }
  switch (status) {
    case 401:
      return new GitHubError(
        { kind: "signIn" },
        words`GitHub does not accept the sign-in: ${said}`,
      );
    case 403:
      return forbidden(header, said);
    case 301:
    case 302:
    case 307:
    case 308:
      return moved(header("location"));
    case 404:
    case 410:
      return new GitHubError({ kind: "missing" }, words`GitHub does not have it: ${said}`);
    default:
      return status >= 500 || status === 408
        ? new GitHubError(
            { kind: "unclear", answered: true },
            words`GitHub answered with status ${status}.`,
          )
        : new GitHubError({ kind: "refused" }, words`GitHub refuses it: ${said}`);
  }
}

function moved(location: string | undefined): GitHubError {
  return new GitHubError(
    { kind: "missing", ...(location !== undefined && { movedTo: location }) },
    words`It was moved to another place on GitHub.`,
  );
}

type Header = (name: string) => string | undefined;

function isRateLimit(header: Header, message: string): boolean {
  return (
    header("retry-after") !== undefined ||
    header("x-ratelimit-remaining") === "0" ||
    /rate limit|abuse detection|wait a few minutes/i.test(message)
  );
}

/** Milliseconds; undefined where GitHub does not say, or says a time that has passed. */
function waitOf(header: Header, now: number): number | undefined {
  const serverTime = Date.parse(header("date") ?? "");
  const nowThere = Number.isNaN(serverTime) ? now : serverTime;
  const retryAfter = header("retry-after");
  if (retryAfter !== undefined) {
    const wait = /^\d+$/.test(retryAfter)
      ? Number(retryAfter) * 1000
      : Date.parse(retryAfter) - nowThere;
    return wait > 0 ? wait : undefined;
  }
  const reset = Number(header("x-ratelimit-reset")) * 1000 - nowThere;
  // The reset is in whole seconds, and so is the time that it is compared with.
  return header("x-ratelimit-remaining") === "0" && reset > 0 ? reset + 1000 : undefined;
}

function forbidden(header: Header, said: string): GitHubError {
  const sso = /url=(https:\/\/\S+)/.exec(header("x-github-sso") ?? "")?.[1];
  if (sso !== undefined) {
    return new GitHubError(
      { kind: "forbidden", url: sso },
      words`The organization asks for single sign-on: authorize the sign-in at ${sso}`,
    );
  }
  if (/locked/i.test(said)) {
    return new GitHubError({ kind: "refused" }, words`GitHub refuses it: ${said}`);
  }
  const scopes = header("x-oauth-scopes");
  return new GitHubError(
    { kind: "forbidden" },
    scopes === undefined
      ? words`The sign-in may not do this on GitHub; it needs the right to write issues (scope public_repo or repo). GitHub says: ${said}`
      : words`The sign-in may not do this on GitHub; it needs the right to write issues (scope public_repo or repo), and has ${scopes === "" ? words`no scope` : scopes}. GitHub says: ${said}`,
  );
}
