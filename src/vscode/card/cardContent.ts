import {
  cardActions,
  type CardPhase,
  type CardPlan,
  cardPlanActions,
  type CardQueue,
  type CardState,
} from "../../core/protocol/card/cardState";
import type { AttemptItem } from "../../core/protocol/queue";
import { cleanText } from "../../core/protocol/words/cleanText";
import { phaseTitle } from "../../core/protocol/words/names";
import { phaseDetail } from "../../core/protocol/words/phaseDetail";
import { isHeld, messageOf } from "../queueView";
import type { FolderQueue } from "../queues/folderQueue";
import type { Services } from "../services";
import { type PhaseNode, phaseNodes, type PlanNode, planNodes } from "../tree/nodes";
import { phaseRow, waitsForSomebody } from "../tree/phaseRow";
import { planRow } from "../tree/planRow";
import { canChange, type QueueTree } from "../tree/queueTree";
import { waitingOf } from "../waiting";

/** Reads from a folder's queue what its card shows. Texts of plans and programs are cleaned here. */
export class CardContent {
  constructor(
    private readonly queue: FolderQueue,
    private readonly tree: QueueTree,
    private readonly services: Services,
    /** Whether the workspace has other folders, so that this one must be named. */
    private readonly isOneOfSeveral: () => boolean,
  ) {}

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
    const { kind, text } = waitingOf(queue, services);
    return {
      ...(this.isOneOfSeveral() && { folder: queue.name }),
      kind: queue.state.kind,
      message: cleanText(messageOf(queue)),
      paused: isHeld(queue),
      canChange: canChange(queue),
      waiting: { kind, text: cleanText(text) },
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
      waiting: waiting.kind === "completed" ? "" : cleanText(waiting.text),
      paused: plan.paused_reason !== undefined,
      ...(plan.parent_issue > 0 && { parentIssue: plan.parent_issue }),
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
      detail: tellsWhy(phase.status) ? phaseDetail(phase, facts.now) : "",
      ...(turn !== undefined && { turn }),
      dependsOn: [...phase.depends_on_phases],
      runner: cleanText(phase.runner),
      ...(phase.issue_number !== undefined && { issue: phase.issue_number }),
      ...(phase.parent_issue > 0 && { parentIssue: phase.parent_issue }),
      attempts: attempts.map(attemptState),
      ...timesOf(phase.started_at, phase.finished_at),
      actions: cardActions.filter((action) => capabilities.includes(action)),
    };
  }
}

/** The others' details are on the card anyway: what it comes after, how often it was tried. */
function tellsWhy(status: CardPhase["status"]): boolean {
  return status === "ready" || status === "blocked" || status === "failed";
}

function attemptState(attempt: AttemptItem): CardPhase["attempts"][number] {
  const { attempt_number, attempt_id, started_at, finished_at, outcome } = attempt;
  return {
    number: attempt_number,
    attemptId: attempt_id,
    startedAt: Date.parse(started_at),
    ...(finished_at !== undefined && { finishedAt: Date.parse(finished_at) }),
    outcome: outcome === undefined ? "running" : outcome === "completed" ? "completed" : "failed",
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
