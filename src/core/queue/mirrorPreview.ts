import { type Links, textOf, type ThingText } from "../github/texts";
import type { Thing } from "../github/terms";
import type { MirrorSettings } from "../protocol/mirrors";
import { isDue } from "./mirrorChanges";
import { parentFactsOf, readPhaseText, readPlanFacts, statusFactsOf } from "./mirrorFacts";
import { parentIssueOf, phaseIssuesOf } from "./mirrorRows";
import type { SqlDatabase } from "./sqlDatabase";

/** What would be written to GitHub, were a plan mirrored now. */
export interface MirrorPreview {
  /** The issue that is the parent already. */
  readonly parentIssue?: number;
  readonly things: readonly PreviewedThing[];
  /** Phases whose issues come later. */
  readonly later: readonly number[];
}

export interface PreviewedThing extends ThingText {
  readonly kind: Thing["kind"];
}

/** Reads what would be written; undefined for a plan that is not there. */
export function readMirrorPreview(
  reading: Pick<SqlDatabase, "get" | "all">,
  planId: string,
  settings: MirrorSettings,
): MirrorPreview | undefined {
  const plan = readPlanFacts(reading, planId);
  if (!plan) {
    return undefined;
  }
  const parentIssue = parentIssueOf(reading, planId) ?? settings.parentIssue ?? plan.parentIssue;
  const links: Links = { parent: parentIssue, issues: phaseIssuesOf(reading, planId) };
  const missing = plan.phases.filter(({ queueId }) => !links.issues.has(queueId));
  const due = missing.filter((phase) => isDue(phase, settings));
  const children = due.flatMap((phase): Thing[] => {
    const text = readPhaseText(reading, plan, phase.queueId, settings);
    return text ? [{ kind: "child", facts: { open: true, textVersion: 0 }, text }] : [];
  });
  const things: readonly Thing[] = [
    ...(parentIssue === undefined
      ? [{ kind: "parent", facts: parentFactsOf(plan, settings) } as const]
      : []),
    ...children,
    ...(settings.comments === "living"
      ? [{ kind: "status", facts: statusFactsOf(plan) } as const]
      : []),
  ];
  return {
    ...(parentIssue !== undefined && { parentIssue }),
    things: things.map((thing) => ({ kind: thing.kind, ...textOf(thing, links) })),
    later: missing
      .filter((phase) => !due.includes(phase) && phase.status !== "completed")
      .map(({ number }) => number),
  };
}
