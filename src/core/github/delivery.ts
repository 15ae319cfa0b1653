import type { Clock } from "../base/clock";
import type { GitHubClient, IssueChange } from "./client";
import { GitHubError } from "./failure";
import { type Finding, isSubIssue, lookForComment, lookForIssue } from "./lookUp";
import { childChange, parentChange } from "./issueChanges";
import { withMarker } from "./marker";
import type { Made, Outbox } from "./outbox";
import type { Pacer } from "./pacer";
import type { Session } from "./session";
import { lookForRepository } from "./repositoryCheck";
import type { Mirror, OutboxEntry, Thing } from "./terms";
import { type Links, textOf } from "./texts";

/** Milliseconds between two looks for something that may have been created. */
const betweenLooks = 10_000;
/** So long a request that was never answered may still be on its way. */
const longestWay = 120_000;
/** Something that cannot be looked for with certainty for so long is said to be unknown. */
const patience = 20_000;
const longestPause = 300_000;

/** What is known of something that may have been created, since this process began to look. */
interface Search {
  /** Times of the monotonic clock. */
  readonly since: number;
  readonly firstAbsent?: number;
  /** Looks without certainty. */
  readonly unclear: number;
}

/**
 * Brings one entry of the outbox a step further. Something is created only after that was announced in
 * the outbox; where it is not known what came of it, it is looked for, and created again only when
 * two complete looks, some time apart, did not find it.
 */
export class Delivery {
  private readonly searches = new Map<string, Search>();

  constructor(
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly pacer: Pacer,
  ) {}

  /**
   * @returns milliseconds after which the entry's next step can be done; 0: at once.
   * @throws GitHubError where the cause is none of this entry alone.
   */
  async step(entry: OutboxEntry, mirror: Mirror, session: Session): Promise<number> {
    const client = session.client(mirror.settings);
    switch (entry.state) {
      case "waiting":
        await this.create(entry, client, session.login);
        return 0;
      case "sending":
      case "unknown":
        return this.resolve(entry, client, session.login);
      case "made":
        await (needsLink(entry) ? this.link(entry, client) : this.update(entry, client));
        return 0;
      case "failed":
        return 0;
    }
  }

  private async create(
    entry: OutboxEntry,
    client: GitHubClient,
    login: string | undefined,
  ): Promise<void> {
    const { outbox, clock } = this;
    const { entryId, version } = entry;
    const thing = outbox.thing(entryId);
    outbox.announce(entryId, login);
    this.searches.delete(entryId);
    try {
      const made = await this.write(() => this.post(entry, thing, client));
      outbox.made(entryId, { ...made, version: writtenBy(thing, version) });
    } catch (error) {
      if (!(error instanceof GitHubError)) {
        throw error;
      }
      if (error.problem.kind === "unclear") {
        const since = clock.monotonic() - (error.problem.answered ? longestWay : 0);
        this.searches.set(entryId, { since, unclear: 0 });
        throw error;
      }
      await this.refused(entry, client, error, () => outbox.notMade(entryId));
    }
  }

  private async post(
    { entryId, planId }: OutboxEntry,
    thing: Thing,
    client: GitHubClient,
  ): Promise<Omit<Made, "version">> {
    const { title, body, labels = [] } = textOf(thing, this.links(planId), entryId);
    const marked = withMarker(body, entryId);
    if (title === undefined) {
      const { id } = await client.createComment(this.parentOf(planId), marked);
      return { githubId: id };
    }
    const { id, number } = await client.createIssue(title, marked, labels);
    return { githubId: id, issueNumber: number };
  }

  /** Looks for something of which it is not known whether it is there. */
  private async resolve(
    entry: OutboxEntry,
    client: GitHubClient,
    login: string | undefined,
  ): Promise<number> {
    try {
      return entry.kind === "parent" && entry.issueNumber !== undefined
        ? await this.readParent(entry, entry.issueNumber, client)
        : await this.lookFor(entry, client, login);
    } catch (error) {
      if (!(error instanceof GitHubError)) {
        throw error;
      }
      await this.refused(entry, client, error, () => undefined);
      return 0;
    }
  }

  /** Of an issue that somebody named as the parent it must be known that it is there. */
  private async readParent(
    { entryId }: OutboxEntry,
    issueNumber: number,
    client: GitHubClient,
  ): Promise<number> {
    const { id } = await client.issue(issueNumber);
    this.outbox.found(entryId, id);
    return 0;
  }

  private async lookFor(
    entry: OutboxEntry,
    client: GitHubClient,
    currentLogin: string | undefined,
  ): Promise<number> {
    const { outbox } = this;
    const { entryId, planId, version } = entry;
    const { login = currentLogin, triedAt } = entry;
    if (login === undefined || triedAt === undefined) {
      outbox.unknown(entryId, "it is not known which account may have created it");
      return longestPause;
    }
    const now = this.clock.monotonic();
    const search = this.searches.get(entryId) ?? { since: now, unclear: 0 };
    const finding = await this.find(entry, client, { entryId, login, triedAt });
    switch (finding.kind) {
      case "found":
        // What was sent then may be older than what is to be told now.
        outbox.made(entryId, {
          ...finding.thing,
          version: writtenEarlier(outbox.thing(entryId), version),
        });
        this.searches.delete(entryId);
        return 0;
      case "absent": {
        const { firstAbsent = now } = search;
        const ready = Math.max(firstAbsent + betweenLooks, search.since + longestWay);
        if (search.firstAbsent !== undefined && now >= ready) {
          outbox.notMade(entryId);
          this.searches.delete(entryId);
          return 0;
        }
        this.searches.set(entryId, { ...search, firstAbsent });
        return Math.max(betweenLooks, ready - now);
      }
      case "unclear": {
        const unclear = search.unclear + 1;
        this.searches.set(entryId, { since: search.since, unclear });
        const pause = Math.min(betweenLooks * 2 ** (unclear - 1), longestPause);
        if (pause > patience && entry.state !== "unknown") {
          const isComment = entry.kind === "status" || entry.kind === "comment";
          const list = isComment ? `comments in #${this.parentOf(planId)}` : "issues";
          outbox.unknown(entryId, `GitHub's list of ${list} lags behind`);
        }
        return pause;
      }
    }
  }

  private async find(
    { kind, planId }: OutboxEntry,
    client: GitHubClient,
    sought: Parameters<typeof lookForIssue>[1],
  ): Promise<Finding<Omit<Made, "version">>> {
    if (kind === "parent" || kind === "child") {
      const finding = await lookForIssue(client, sought);
      return finding.kind === "found"
        ? {
            kind: "found",
            thing: { githubId: finding.thing.id, issueNumber: finding.thing.number },
          }
        : finding;
    }
    const finding = await lookForComment(client, this.parentOf(planId), sought);
    return finding.kind === "found"
      ? { kind: "found", thing: { githubId: finding.thing.id } }
      : finding;
  }

  /** Makes a phase's issue a sub-issue of the parent; to do so twice does no harm. */
  private async link(entry: OutboxEntry, client: GitHubClient): Promise<void> {
    const { outbox } = this;
    const { entryId, planId, issueNumber = 0, githubId = 0 } = entry;
    const parent = this.parentOf(planId);
    if (entry.link === "tried" && (await isSubIssue(client, parent, issueNumber))) {
      outbox.linked(entryId, "linked");
      return;
    }
    outbox.linked(entryId, "tried");
    try {
      await this.write(() => client.addSubIssue(parent, githubId));
      outbox.linked(entryId, "linked");
    } catch (error) {
      if (!(error instanceof GitHubError) || !isAboutLink(error)) {
        throw error;
      }
      // What is refused may have been done before; older servers have no sub-issues, and nothing to ask.
      const isDone =
        error.problem.kind === "refused" && (await isSubIssue(client, parent, issueNumber));
      const problem = `#${issueNumber} is no sub-issue: ${error.message}`;
      if (isDone) {
        outbox.linked(entryId, "linked");
      } else {
        outbox.linked(entryId, "refused", problem);
      }
    }
  }

  private async update(entry: OutboxEntry, client: GitHubClient): Promise<void> {
    const { outbox } = this;
    const { entryId, version, planId, issueNumber = 0, githubId = 0 } = entry;
    const thing = outbox.thing(entryId);
    const links = this.links(planId);
    try {
      let problem: string | undefined;
      switch (thing.kind) {
        case "status": {
          const body = withMarker(textOf(thing, links, entryId).body, entryId);
          await this.write(() => client.updateComment(githubId, body));
          break;
        }
        case "child":
          await this.changeIssue(entry, client, await childChange(entry, thing, links, client));
          break;
        case "parent": {
          const change = await parentChange(entry, thing.facts, links, client);
          problem = change ? undefined : `somebody took the list of phases out of #${issueNumber}`;
          await this.changeIssue(entry, client, change);
          break;
        }
        case "comment":
          break;
      }
      outbox.written(entryId, version, problem);
    } catch (error) {
      if (!(error instanceof GitHubError)) {
        throw error;
      }
      await this.refused(entry, client, error, () => undefined);
    }
  }

  private async changeIssue(
    { issueNumber = 0 }: OutboxEntry,
    client: GitHubClient,
    change: IssueChange | undefined,
  ): Promise<void> {
    if (change && Object.keys(change).length > 0) {
      await this.write(() => client.updateIssue(issueNumber, change));
    }
  }

  /**
   * Tells what concerns this entry alone from what concerns everything, which is thrown on.
   *
   * @param forNow is done when it can be tried again later.
   */
  private async refused(
    entry: OutboxEntry,
    client: GitHubClient,
    error: GitHubError,
    forNow: () => void,
  ): Promise<void> {
    const { outbox } = this;
    switch (error.problem.kind) {
      case "missing":
        forNow();
        if (await this.followRename(entry, client)) {
          return;
        }
        if (entry.kind === "status" && entry.state === "made" && !entry.recreated) {
          outbox.recreate(entry.entryId);
        } else {
          outbox.failed(entry.entryId, `${this.whatIsMissing(entry)}: ${error.message}`);
        }
        return;
      case "refused":
        forNow();
        outbox.failed(entry.entryId, error.message);
        return;
      case "limited":
      case "signIn":
      case "forbidden":
      case "unclear":
        forNow();
        throw error;
    }
  }

  /** Answers whether the repository has another name now: what was asked for is asked again there. */
  private async followRename({ planId }: OutboxEntry, client: GitHubClient): Promise<boolean> {
    const renamed = await lookForRepository(client);
    if (renamed) {
      this.outbox.renamed(planId, renamed);
    }
    return renamed !== undefined;
  }

  private whatIsMissing({ kind, state, planId, issueNumber }: OutboxEntry): string {
    if (state === "made") {
      return issueNumber === undefined
        ? "The status comment was deleted twice"
        : `Issue #${issueNumber} was deleted or moved`;
    }
    if (kind === "parent" && issueNumber !== undefined) {
      return `There is no issue #${issueNumber}: link the plan to another one`;
    }
    return kind === "status" || kind === "comment"
      ? `Issue #${this.parentOf(planId)} was deleted or moved`
      : "The repository takes no issues";
  }

  private async write<T>(send: () => Promise<T>): Promise<T> {
    this.pacer.wrote();
    try {
      return await send();
    } finally {
      this.pacer.answered();
    }
  }

  private links(planId: string): Links {
    return { parent: this.outbox.parentOf(planId), issues: this.outbox.issuesOf(planId) };
  }

  private parentOf(planId: string): number {
    const parent = this.outbox.parentOf(planId);
    if (parent === undefined) {
      throw new Error(`plan ${planId} has no parent issue yet`);
    }
    return parent;
  }
}

export function needsLink({ kind, link }: OutboxEntry): boolean {
  return kind === "child" && (link === "none" || link === "tried");
}

/** An issue is created open: one that shall be closed has a step to go. */
function writtenBy(thing: Thing, version: number): number {
  return thing.kind === "child" && !thing.facts.open ? version - 1 : version;
}

/** As {@link writtenBy}, of an earlier version: a text that may have changed is written once more. */
function writtenEarlier(thing: Thing, version: number): number {
  switch (thing.kind) {
    case "parent":
    case "status":
      return version - 1;
    case "child": {
      const { textVersion } = thing.facts;
      return textVersion > 0 ? textVersion - 1 : writtenBy(thing, version);
    }
    case "comment":
      return version;
  }
}

/** Whether what is refused is this link alone: whatever made the issue may do all else there. */
function isAboutLink({ problem }: GitHubError): boolean {
  switch (problem.kind) {
    case "refused":
    case "missing":
      return true;
    case "forbidden":
      return problem.url === undefined;
    case "limited":
    case "signIn":
    case "unclear":
      return false;
  }
}
