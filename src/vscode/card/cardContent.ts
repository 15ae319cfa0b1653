import { errorInWords } from "../../core/base/errors";
import {
  cardActions,
  type CardPhase,
  type CardPlan,
  cardPlanActions,
  type CardQueue,
  type CardState,
} from "../../core/protocol/card/cardState";
import { currentMachine } from "../../core/ownership/machine";
import { ownedError } from "../../core/ownership/ownedError";
import { ownerPath, readOwner } from "../../core/ownership/ownerRecord";
import { currentUser } from "../../core/ownership/stateFolder";
import type { AttemptItem, PhaseQueueItem } from "../../core/protocol/queue";
import type { Waiting } from "../../core/protocol/snapshot";
import { attemptOutcome } from "../../core/protocol/words/attemptOutcome";
import { cleanText } from "../../core/protocol/words/cleanText";
import { phaseTitle } from "../../core/protocol/words/names";
import { phaseDetail } from "../../core/protocol/words/phaseDetail";
import { storedInWords } from "../../core/protocol/words/storedWords";
import { isHeld, messageOf } from "../queueView";
import type { FolderQueue } from "../queues/folderQueue";
import { isRepairable } from "../queues/queueState";
import type { Services } from "../services";
import { type PhaseNode, phaseNodes, type PlanNode, planNodes } from "../tree/nodes";
import { phaseRow, waitsForSomebody } from "../tree/phaseRow";
import { planRow } from "../tree/planRow";
import { canChange, type QueueTree } from "../tree/queueTree";
import { waitingOf } from "../waiting";
import type { CardSource } from "./cardFeed";

/** Reads from a folder's queue what its card shows. Texts of plans and programs are cleaned here. */
export class CardContent implements CardSource {
  constructor(
    private readonly queue: FolderQueue,
    private readonly tree: QueueTree,
    private readonly services: Services,
    /** Whether the workspace has other folders, so that this one must be named. */
    private readonly isOneOfSeveral: () => boolean,
  ) {}

  get folder(): string {
    return this.queue.folder.uri.toString();
  }

  get lastEvent(): number {
    return this.queue.reader?.lastEventId ?? 0;
  }

  get running(): string[] {
    return this.queue.reader?.phasesWith(["running"]).map(({ queue_id }) => queue_id) ?? [];
  }

  state(): CardState {
    const plans = planNodes(this.queue);
    return {
      queue: this.queueState(),
      plans: plans.map((node) => this.planState(node)),
      phases: plans.flatMap(phaseNodes).map((node) => this.phaseState(node)),
    };
  }

  queueState(): CardQueue {
    const { queue, services } = this;
    const { state, reader } = queue;
    const lost = state.kind === "follower" ? lostOwner(queue.hopperFolder) : undefined;
    return {
      ...(this.isOneOfSeveral() && { folder: cleanText(queue.name) }),
      // A window that has just become a follower has yet to read what it follows.
      kind: state.kind === "follower" && !reader ? "opening" : state.kind,
      message: cleanText(lost ?? messageOf(queue)),
      paused: isHeld(queue),
      canChange: canChange(queue),
      ...pausedBecause(reader?.pausedReason),
      waiting: cleanWaiting(waitingOf(queue, services)),
      canRepair: isRepairable(state),
      canTakeOver: lost !== undefined,
    };
  }

  plans(): CardPlan[] {
    return planNodes(this.queue).map((node) => this.planState(node));
  }

  /** A phase as it is now; undefined when it is gone. */
  phase(queueId: string): CardPhase | undefined {
    const node = this.node(queueId);
    return node && this.phaseState(node);
  }

  /** What the tree's commands take for this phase. */
  node(queueId: string): PhaseNode | undefined {
    const phase = this.queue.reader?.phase(queueId, false);
    const plan = phase && this.queue.reader?.plan(phase.plan_id);
    return phase && plan && { kind: "phase", queue: this.queue, plan, phase };
  }

  /** The same for a plan. */
  planNode(planId: string): PlanNode | undefined {
    const plan = this.queue.reader?.plan(planId);
    return plan && { kind: "plan", queue: this.queue, plan };
  }

  private planState(node: PlanNode): CardPlan {
    const facts = this.tree.planFacts(node);
    const { plan, waiting } = facts;
    const row = planRow(facts);
    return {
      planId: plan.plan_id,
      number: plan.plan_number,
      title: row.label,
      waiting: cleanWaiting(waiting),
      ...pausedBecause(plan.paused_reason),
      ...(plan.parent_issue > 0 && { parentIssue: plan.parent_issue }),
      ...(facts.differs && { differs: facts.differs }),
      actions: cardPlanActions.filter((action) => row.capabilities.includes(action)),
    };
  }

  private phaseState(node: PhaseNode): CardPhase {
    const { phase } = node;
    const facts = this.tree.phaseFacts(node);
    const { capabilities } = phaseRow(facts);
    const turn = waitsForSomebody(facts);
    const attempts =
      phase.attempts === 0 ? [] : (this.queue.reader?.attempts(phase.queue_id) ?? []);
    return {
      queueId: phase.queue_id,
      planId: phase.plan_id,
      number: phase.phase_number,
      title: phaseTitle(phase),
      status: phase.status,
      skipped: phase.reason === "skipped",
      ...whyOf(phase, facts.now),
      ...(turn !== undefined && { turn }),
      dependsOn: [...phase.depends_on_phases],
      runner: cleanText(phase.runner),
      ...(phase.issue_number !== undefined && { issue: phase.issue_number }),
      ...(phase.parent_issue > 0 && { parentIssue: phase.parent_issue }),
      attempts: attempts.map(attemptState),
      ...timesOf(phase.started_at, phase.finished_at),
      updatedAt: Date.parse(phase.updated_at),
      ...(facts.differs === true && { differs: true }),
      actions: cardActions.filter((action) => capabilities.includes(action)),
    };
  }
}

/**
 * Why a phase does not go on; the others' details are on the card anyway: what it comes after, how often
 * it was tried. Until a retry the card counts the time itself.
 */
function whyOf(phase: PhaseQueueItem, now: string): Pick<CardPhase, "detail" | "retryAt"> {
  const { status, not_before, error_message } = phase;
  if (status === "ready") {
    return not_before === undefined
      ? { detail: "" }
      : { detail: cleanText(storedInWords(error_message ?? "")), retryAt: Date.parse(not_before) };
  }
  const tellsWhy = status === "blocked" || status === "failed";
  return { detail: tellsWhy ? phaseDetail(phase, now) : "" };
}

function cleanWaiting({ kind, text }: Waiting): Waiting {
  return { kind, text: cleanText(text) };
}

function pausedBecause(reason: string | undefined): { readonly pausedReason?: string } {
  return reason === undefined ? {} : { pausedReason: cleanText(storedInWords(reason)) };
}

/** What is to be said of an owner whose life cannot be seen, or that is stopped; else undefined. */
function lostOwner(hopperFolder: string): string | undefined {
  const verdict = readOwner(hopperFolder, currentMachine(currentUser()));
  const { state } = verdict;
  // Without a living owner somebody is just coming or going.
  return state === "alive" || state === "none" || state === "dead"
    ? undefined
    : errorInWords(ownedError(verdict, ownerPath(hopperFolder)));
}

function attemptState(attempt: AttemptItem): CardPhase["attempts"][number] {
  const { attempt_number, attempt_id, started_at, finished_at, outcome } = attempt;
  return {
    number: attempt_number,
    attemptId: attempt_id,
    startedAt: Date.parse(started_at),
    ...(finished_at !== undefined && { finishedAt: Date.parse(finished_at) }),
    outcome: outcome === undefined ? "running" : outcome === "completed" ? "completed" : "failed",
    words: attemptOutcome(attempt),
  };
}

function timesOf(
  started: string | undefined,
  finished: string | undefined,
): Pick<CardPhase, "startedAt" | "finishedAt"> {
  return {
    ...(started !== undefined && { startedAt: Date.parse(started) }),
    ...(finished !== undefined && { finishedAt: Date.parse(finished) }),
  };
}
