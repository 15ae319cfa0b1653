import * as z from "zod";
import type { MirrorSettings } from "../protocol/mirrors";
import { phaseStatuses } from "../protocol/terms";

/**
 * The words of the mirror.
 *
 * A *mirror* is a plan that is shown on GitHub. The *outbox* has one entry for each *thing* that is to
 * be there, an issue or a comment, and how far GitHub is told. Its text is made when it is sent, of the
 * plan as it is then: only what cannot be told from the plan any more is stored, as *facts*.
 */

/** A phase as lists of phases show it. */
const phaseLineSchema = z.object({
  queueId: z.string(),
  number: z.int(),
  title: z.string(),
  status: z.enum(phaseStatuses),
  dependsOn: z.array(z.int()),
  reason: z.exactOptional(z.string()),
  error: z.exactOptional(z.string()),
  /** ISO times. */
  startedAt: z.exactOptional(z.string()),
  finishedAt: z.exactOptional(z.string()),
});
export type PhaseLine = z.infer<typeof phaseLineSchema>;

const planFacts = {
  title: z.string(),
  phases: z.array(phaseLineSchema),
  /** Why nothing of the plan is started at the moment. */
  pausedReason: z.exactOptional(z.string()),
};

/** What an issue that was created from a plan tells. */
export const parentFactsSchema = z.object({
  ...planFacts,
  context: z.string(),
  /** The plan's file, relative to the workspace where it lies in it. */
  path: z.exactOptional(z.string()),
  labels: z.array(z.string()),
});
export type ParentFacts = z.infer<typeof parentFactsSchema>;

/** What the living comment tells. */
export const statusFactsSchema = z.object(planFacts);
export type StatusFacts = z.infer<typeof statusFactsSchema>;

/** What came of a phase, and what that means for the others. */
const happeningSchema = z.object({
  phase: phaseLineSchema,
  /** The phases that run now because of it, and those that could. */
  next: z.array(z.int()),
  ready: z.array(z.int()),
  blocked: z.array(z.int()),
  allCompleted: z.boolean(),
});
export type Happening = z.infer<typeof happeningSchema>;

/** What a comment on one transition tells: it stays as it was when that happened. */
export const commentFactsSchema = happeningSchema;
export type CommentFacts = z.infer<typeof commentFactsSchema>;

/** What is stored of a phase's issue besides its text, which is made of the phase. */
export const childFactsSchema = z.object({
  /** Whether the issue shall be open; why it is closed, where it is not. */
  open: z.boolean(),
  closedAs: z.exactOptional(z.enum(["completed", "not_planned"])),
  /** The entry's version with which its text changed last; 0: not since it was created. */
  textVersion: z.int(),
});
export type ChildFacts = z.infer<typeof childFactsSchema>;

/** What the issue of a phase tells. */
export interface PhaseText {
  readonly planTitle: string;
  readonly number: number;
  readonly title: string;
  /** The plan's phases in the order of their numbers: how many they are, and which this is. */
  readonly total: number;
  readonly position: number;
  readonly dependsOn: readonly number[];
  readonly content: string;
  readonly documents: readonly string[];
  readonly labels: readonly string[];
}

/** What an entry of the outbox is about. */
export type Thing =
  | { readonly kind: "parent"; readonly facts: ParentFacts }
  /** Without a text where the phase is gone. */
  | { readonly kind: "child"; readonly facts: ChildFacts; readonly text?: PhaseText }
  | { readonly kind: "status"; readonly facts: StatusFacts }
  | { readonly kind: "comment"; readonly facts: CommentFacts };
export const thingKinds = ["parent", "child", "status", "comment"] as const;

/** How far a thing has come on its way to GitHub. */
export const entryStates = [
  /** Nothing was sent, or GitHub has refused it for the time being: it is not there. */
  "waiting",
  /** It was announced that it is sent; what came of it is not known until the answer is stored. */
  "sending",
  /** It was looked for without certainty: it may be there or not, and is not sent again blindly. */
  "unknown",
  /** It is there. */
  "made",
  /** GitHub refuses it for good; {@link OutboxEntry.problem} says why. */
  "failed",
] as const;
export type EntryState = (typeof entryStates)[number];

/** How far a phase's issue is linked to its parent. */
export const linkStates = ["none", "tried", "linked", "refused"] as const;
export type LinkState = (typeof linkStates)[number];

/** One thing that is to be on GitHub. */
export interface OutboxEntry {
  /** A UUID; it is the marker in the thing's text, too. */
  readonly entryId: string;
  readonly planId: string;
  readonly kind: Thing["kind"];
  /** Counts changes of the facts; GitHub has those of `writtenVersion`. */
  readonly version: number;
  readonly writtenVersion: number;
  readonly state: EntryState;
  /** The account that tried to create it, and since when (ISO time): what is looked for is its. */
  readonly login?: string;
  readonly triedAt?: string;
  /** The number of an issue. */
  readonly issueNumber?: number;
  /** GitHub's own id of an issue or comment. */
  readonly githubId?: number;
  readonly link: LinkState;
  /** It was deleted on GitHub and made a second time; there is no third. */
  readonly recreated: boolean;
  readonly problem?: string;
}

/** A plan's mirror as it is stored. */
export interface Mirror {
  readonly planId: string;
  readonly settings: MirrorSettings;
  readonly on: boolean;
  /** Nothing of the plan is started at the moment: nothing is created for it either. */
  readonly paused: boolean;
}
