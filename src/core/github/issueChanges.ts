import type { GitHubClient, IssueChange } from "./client";
import { replaceSection } from "./marker";
import type { ChildFacts, OutboxEntry, ParentFacts, Thing } from "./terms";
import { type Links, phaseText, progressText, textOf } from "./texts";

/** What is to be changed of issues that are there, so that what people wrote into them stays. */

type Entry = Pick<OutboxEntry, "entryId" | "issueNumber" | "writtenVersion">;

/** Whether a phase's issue is open; its title and text only where those may have changed. */
export async function childChange(
  { entryId, issueNumber = 0, writtenVersion }: Entry,
  thing: Extract<Thing, { readonly kind: "child" }>,
  links: Links,
  client: GitHubClient,
): Promise<IssueChange> {
  const { facts, text } = thing;
  const state = stateOf(facts);
  if (!text || facts.textVersion <= writtenVersion) {
    return state;
  }
  const { title = "" } = textOf(thing, links);
  const before = await client.issue(issueNumber);
  const body = replaceSection(before.body ?? "", entryId, (room) => phaseText(text, links, room));
  return {
    ...(title !== before.title && { title }),
    ...(body !== undefined && body !== before.body && { body }),
    ...(state.state !== before.state && state),
  };
}

/** The list of phases in a parent's text; undefined where somebody took it out. */
export async function parentChange(
  { entryId, issueNumber = 0 }: Entry,
  facts: ParentFacts,
  links: Links,
  client: GitHubClient,
): Promise<IssueChange | undefined> {
  const { body } = await client.issue(issueNumber);
  const changed = replaceSection(body ?? "", entryId, (room) => progressText(facts, links, room));
  return changed === undefined ? undefined : { ...(changed !== body && { body: changed }) };
}

function stateOf({ open, closedAs = "completed" }: ChildFacts) {
  return open
    ? ({ state: "open", state_reason: "reopened" } as const)
    : ({ state: "closed", state_reason: closedAs } as const);
}
