import { words } from "../../../src/core/base/words";
import type { AttemptItem, PhaseQueueItem } from "../../../src/core/protocol/queue";
import type { Waiting } from "../../../src/core/protocol/snapshot";
import { failureReasons, phaseStatuses } from "../../../src/core/protocol/terms";
import { stored } from "../../../src/core/protocol/words/storedWords";
import { said } from "../../../src/vscode/l10n";
import type { PhaseRowFacts } from "../../../src/vscode/tree/phaseRow";
import { outlineOf, stored as storedPhase } from "./editor/planFixture";

/** Phases and queues in every state that a view speaks of. */

const at = (second: number): string => `2026-03-01T10:00:${String(second).padStart(2, "0")}.000Z`;

const [first] = outlineOf("## Phase 1: Build\n\nBuild it now.\n").phases;
if (!first) {
  throw new Error("The plan has no phase.");
}
/** The phase that all of them are made of. */
export const written = first;

/** What a program said: the same in every language. */
export const programSaid = "no such file";

const changes: readonly Partial<PhaseQueueItem>[] = [
  ...phaseStatuses.map((status) => ({ status, started_at: at(1), attempts: 2 })),
  ...failureReasons.map((reason) => ({ status: "failed" as const, reason, finished_at: at(9) })),
  { status: "failed", reason: "exit", error_message: programSaid },
  { status: "failed", reason: "timeout", error_message: stored("overdue", "5m") },
  { status: "failed", reason: "reported", error_message: stored("reportedFailed") },
  { status: "blocked", error_message: stored("failedBeforeWith", 1, programSaid) },
  { status: "blocked", error_message: stored("removedBefore", 1) },
  { status: "completed", reason: "skipped" },
  { status: "ready", not_before: at(40), error_message: stored("cancelledByYou") },
  { status: "queued", depends_on_phases: [1, 2, 5], priority: 10, issue_number: 12 },
];

/** A phase in every state, of a runner of every kind and of none. */
export function everyPhase(): PhaseRowFacts[] {
  return changes.flatMap((change) =>
    ([undefined, "shell", "command", "manual", "external"] as const).map((runnerKind) => ({
      phase: storedPhase(written, change),
      runnerKind,
      hasLog: true,
      hasSource: true,
      canChange: true,
      differs: true,
      now: at(30),
    })),
  );
}

/** Attempts that ended in every way, and one that has not. */
export const everyAttempt: readonly AttemptItem[] = (
  ["completed", ...failureReasons, undefined] as const
).map((outcome, index) => ({
  attempt_id: `a${index}`,
  queue_id: "q",
  attempt_number: index + 1,
  runner: "shell",
  command: ["sh"],
  state: outcome === undefined ? "running" : "ended",
  started_at: at(1),
  ...(outcome !== undefined && { outcome, finished_at: at(4) }),
}));

/** Something of every kind that is waited for. */
export function everyWait(): Waiting[] {
  const kinds = {
    running: true,
    retry: true,
    person: true,
    workflow: true,
    paused: true,
    failed: true,
    completed: true,
    trouble: true,
  } satisfies Readonly<Record<Waiting["kind"], true>>;
  return Object.keys(kinds)
    .filter((kind): kind is Waiting["kind"] => kind in kinds)
    .map((kind) => ({ kind, text: said(words`Phase ${1} failed`) }));
}
