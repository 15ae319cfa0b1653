import type { Repository } from "../protocol/mirrors";
import type { LinkState, Mirror, OutboxEntry, Thing } from "./terms";

/** Something that is on GitHub: an issue has a number, a comment only an id. */
export interface Made {
  readonly githubId: number;
  readonly issueNumber?: number;
  /** The version of the facts that was written. */
  readonly version: number;
}

/** The outbox as the mirror's worker needs it; every change is durable when the call returns. */
export interface Outbox {
  /** Entries with work left whose mirror is on, in the order in which they came about. */
  pending(): readonly OutboxEntry[];
  entry(entryId: string): OutboxEntry | undefined;
  /** What the entry tells, as it is now. */
  thing(entryId: string): Thing;
  mirror(planId: string): Mirror | undefined;
  /** The plan's parent issue, once it is there. */
  parentOf(planId: string): number | undefined;
  /** The issues of the plan's phases, by queue_id. */
  issuesOf(planId: string): ReadonlyMap<string, number>;
  /** When something was written within the last hour, as far as it is known: ISO times. */
  recentWrites(since: string): readonly string[];

  /** Before a thing is sent for the first time, or again. */
  announce(entryId: string, login: string | undefined): void;
  made(entryId: string, made: Made): void;
  /** An issue that was there before is the parent. */
  found(entryId: string, githubId: number): void;
  written(entryId: string, version: number, problem?: string): void;
  linked(entryId: string, link: LinkState, problem?: string): void;
  /** GitHub refuses it for now: it is not there. */
  notMade(entryId: string): void;
  unknown(entryId: string, problem: string): void;
  failed(entryId: string, problem: string): void;
  /** The plan's repository has another name now. */
  renamed(planId: string, repository: Repository): void;
  /** It was deleted on GitHub. */
  recreate(entryId: string): void;
}
