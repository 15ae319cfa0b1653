import * as vscode from "vscode";
import { isoNow } from "../../core/base/clock";
import { errorMessage } from "../../core/base/errors";
import type { Disposable } from "../../core/base/lifecycle";
import type { PhaseStatus } from "../../core/protocol/terms";
import { contextKeys, views } from "../contributions";
import type { PlanDifferences } from "../editor/planDifferences";
import type { FolderQueue, FolderQueueChange } from "../queues/folderQueue";
import type { WorkspaceQueues } from "../queues/workspaceQueues";
import type { Services } from "../services";
import { waitingOf } from "../waiting";
import {
  isFinished,
  type PhaseNode,
  phaseNodes,
  type PlanNode,
  planNodes,
  type QueueNode,
} from "./nodes";
import { phaseRow, type PhaseRowFacts, phaseTooltip } from "./phaseRow";
import { planRow, type PlanRowFacts, planTooltip } from "./planRow";
import { contextValue, type Row } from "./row";

/** Changes come in bursts; the tree is drawn at most so often, in milliseconds. */
const redrawPause = 150;
/** The times of running phases are shown, and grow. */
const tick = 1000;

/** A view that cannot be shown is not waited for for longer. */
const revealPatience = 3000;

/**
 * The Queue tree: plans and their phases; folders above them where several have a queue. Everything
 * is read from the queue when it is drawn, and only plans that changed are drawn again.
 */
export class QueueTree implements vscode.TreeDataProvider<QueueNode>, Disposable {
  private readonly changed = new vscode.EventEmitter<QueueNode[] | undefined>();
  private readonly listener: Disposable;
  private watching: Disposable | undefined;
  /** The nodes that were drawn last, since the editor knows them by identity. */
  private readonly plans = new Map<string, PlanNode>();
  private readonly running = new Set<PhaseNode>();
  /** Plans whose rows the editor has asked for, and those that it shall ask for. */
  private readonly asked = new Set<string>();
  private readonly awaited = new Map<string, () => void>();
  /** Plans that were finished before anybody saw them at work are drawn closed. */
  private readonly seenUnfinished = new Set<string>();
  /** Plans to draw again; undefined is everything. */
  private stale: Set<string> | undefined = new Set();
  private redraw: Disposable | undefined;
  private ticker: Disposable | undefined;
  private visible = false;
  private statuses: ReadonlySet<PhaseStatus> | undefined;
  private differences: Pick<PlanDifferences, "of"> | undefined;

  private readonly redrawn = new vscode.EventEmitter<void>();

  readonly onDidChangeTreeData = this.changed.event;
  /** Fires whenever anything is drawn again: what stands around the tree goes with it. */
  readonly onDidRedraw = this.redrawn.event;

  constructor(
    private readonly queues: WorkspaceQueues,
    private readonly services: Services,
  ) {
    this.listener = queues.onDidChange((change) => this.redrawSoon(change));
  }

  /** Shows from now on also how plans stand to their files. */
  showDifferences(differences: PlanDifferences): void {
    this.differences = differences;
    this.watching = differences.onDidChange(() => this.redrawSoon(undefined));
  }

  /** The statuses that phases must have to be shown; undefined shows all. */
  get filter(): ReadonlySet<PhaseStatus> | undefined {
    return this.statuses;
  }

  set filter(statuses: ReadonlySet<PhaseStatus> | undefined) {
    this.statuses = statuses;
    const { executeCommand } = vscode.commands;
    void executeCommand("setContext", contextKeys.filtered, statuses !== undefined);
    this.changed.fire(undefined);
    this.redrawn.fire();
  }

  /** There are plans, and the filter leaves none of them. */
  get hidesEverything(): boolean {
    const plans = this.statuses ? this.queues.all.flatMap(planNodes) : [];
    return plans.length > 0 && !plans.some((plan) => this.hasShown(plan));
  }

  /** Times are drawn again each second only while somebody can see them. */
  setVisible(visible: boolean): void {
    this.visible = visible;
    this.tickWhileRunning();
  }

  getChildren(node?: QueueNode): QueueNode[] {
    switch (node?.kind) {
      case undefined:
        return this.roots();
      case "folder":
        return this.plansOf(node.queue);
      case "plan":
        return this.phasesOf(node);
      case "phase":
        return [];
    }
  }

  getParent(node: QueueNode): QueueNode | undefined {
    switch (node.kind) {
      case "phase":
        return this.plans.get(node.plan.plan_id);
      case "plan":
        return this.shown().length > 1 ? { kind: "folder", queue: node.queue } : undefined;
      case "folder":
        return undefined;
    }
  }

  getTreeItem(node: QueueNode): vscode.TreeItem {
    switch (node.kind) {
      case "folder":
        return folderItem(node.queue);
      case "plan":
        return this.planItem(node);
      case "phase":
        return itemOf("phase", phaseRow(this.phaseFacts(node)), node.phase.queue_id);
    }
  }

  /** Tooltips are made when somebody points at a row: a plan can have a thousand. */
  resolveTreeItem(item: vscode.TreeItem, node: QueueNode): vscode.TreeItem {
    if (node.kind === "phase") {
      const attempts = node.queue.reader?.attempts(node.phase.queue_id) ?? [];
      item.tooltip = new vscode.MarkdownString(phaseTooltip(this.phaseFacts(node), attempts));
    } else if (node.kind === "plan") {
      item.tooltip = new vscode.MarkdownString(planTooltip(this.planFacts(node)));
    }
    return item;
  }

  /** Shows the view, and in it a plan. */
  async reveal(view: vscode.TreeView<QueueNode>, planId: string): Promise<void> {
    this.seenUnfinished.add(planId);
    await vscode.commands.executeCommand(`${views.queue}.focus`);
    if (!this.asked.has(planId)) {
      await this.drawn(planId);
    }
    // Who has gone elsewhere meanwhile is not called back.
    const node = view.visible ? this.plans.get(planId) : undefined;
    try {
      await (node && view.reveal(node, { select: true, focus: false, expand: true }));
    } catch (error) {
      // The editor was drawing the tree anew just then. The plan is there, only not selected.
      this.services.logger.debug(`Plan ${planId} was not revealed: ${errorMessage(error)}`);
    }
  }

  dispose(): void {
    this.listener.dispose();
    this.watching?.dispose();
    this.redraw?.dispose();
    this.ticker?.dispose();
    this.changed.dispose();
    this.redrawn.dispose();
  }

  /** The editor can reveal only what it has asked for, and asks when it comes to it. */
  private drawn(planId: string): Promise<void> {
    return new Promise((resolve) => {
      const patience = this.services.clock.after(revealPatience, resolve);
      this.awaited.set(planId, () => {
        patience.dispose();
        resolve();
      });
      this.changed.fire(undefined);
    });
  }

  private roots(): QueueNode[] {
    this.plans.clear();
    this.asked.clear();
    this.running.clear();
    const shown = this.shown();
    const [only] = shown;
    if (shown.length > 1) {
      return shown.map((queue) => ({ kind: "folder", queue }));
    }
    return only ? this.plansOf(only) : [];
  }

  private shown(): FolderQueue[] {
    return this.queues.all.filter(({ reader }) => (reader?.plans().length ?? 0) > 0);
  }

  /** Unfinished plans in the order they are started, then the finished ones, newest first. */
  private plansOf(queue: FolderQueue): PlanNode[] {
    const nodes = planNodes(queue).filter((node) => this.hasShown(node));
    const finished = nodes.filter(isFinished);
    for (const node of nodes) {
      this.plans.set(node.plan.plan_id, node);
    }
    return [...nodes.filter((node) => !finished.includes(node)), ...finished.reverse()];
  }

  private phasesOf({ queue, plan }: PlanNode): PhaseNode[] {
    for (const node of this.running) {
      if (node.plan.plan_id === plan.plan_id) {
        this.running.delete(node);
      }
    }
    const nodes = phaseNodes({ queue, plan }).filter(
      ({ phase }) => this.statuses?.has(phase.status) ?? true,
    );
    for (const node of nodes.filter(({ phase }) => phase.status === "running")) {
      this.running.add(node);
    }
    this.tickWhileRunning();
    return nodes;
  }

  /** Whether the filter leaves anything of a plan. */
  private hasShown({ queue, plan }: PlanNode): boolean {
    const { statuses } = this;
    const counts = queue.reader?.counts(plan.plan_id) ?? new Map<string, number>();
    return !statuses || [...statuses].some((status) => counts.has(status));
  }

  private planItem(node: PlanNode): vscode.TreeItem {
    const { plan_id } = node.plan;
    this.asked.add(plan_id);
    this.awaited.get(plan_id)?.();
    this.awaited.delete(plan_id);
    const facts = this.planFacts(node);
    const item = itemOf("plan", planRow(facts), node.plan.plan_id);
    if (!isFinished(node)) {
      this.seenUnfinished.add(plan_id);
    }
    item.collapsibleState = this.seenUnfinished.has(plan_id)
      ? vscode.TreeItemCollapsibleState.Expanded
      : vscode.TreeItemCollapsibleState.Collapsed;
    return item;
  }

  /** What a plan's row is drawn from. */
  planFacts({ queue, plan }: PlanNode): PlanRowFacts {
    return {
      // Read again: a pause changes the plan, and the node was made before it.
      plan: queue.reader?.plan(plan.plan_id) ?? plan,
      counts: queue.reader?.counts(plan.plan_id) ?? new Map<string, number>(),
      waiting: waitingOf(queue, this.services, plan.plan_id),
      canChange: canChange(queue),
      isMirrored: queue.reader?.mirror(plan.plan_id) !== undefined,
      differs: this.differences?.of(plan.plan_id)?.words ?? "",
    };
  }

  /** What a row is drawn from. */
  phaseFacts({ queue, plan, phase }: PhaseNode): PhaseRowFacts {
    const running =
      phase.status === "running" ? queue.reader?.attempts(phase.queue_id).at(-1) : undefined;
    // A running phase is what it was claimed as: the configuration may be another one by now.
    const runnerKind =
      running?.runner_kind ?? this.services.configuration.runners().get(phase.runner)?.kind;
    const isProcess = runnerKind !== "manual" && runnerKind !== "external";
    return {
      phase,
      runnerKind,
      // The others have output only where their verify blocks were run.
      isVerifying: running?.reported_at !== undefined,
      hasLog:
        phase.attempts > 0 &&
        (isProcess ||
          (queue.reader?.attempts(phase.queue_id) ?? []).some(
            ({ log_bytes = 0 }) => log_bytes > 0,
          )),
      hasSource: plan.source_path !== undefined,
      differs: this.differences?.of(plan.plan_id)?.phases.has(phase.queue_id) ?? false,
      canChange: canChange(queue),
      now: isoNow(this.services.clock),
    };
  }

  private redrawSoon(change: FolderQueueChange | undefined): void {
    const plans = change?.events.map(({ type, plan_id }) =>
      type === "phase_changed" || type === "phase_moved" ? plan_id : undefined,
    );
    for (const planId of plans?.length ? plans : [undefined]) {
      if (planId === undefined) {
        this.stale = undefined;
      }
      this.stale?.add(planId ?? "");
    }
    this.redraw ??= this.services.clock.after(redrawPause, () => {
      this.redraw = undefined;
      const nodes = [...(this.stale ?? [])].map((planId) => this.plans.get(planId));
      const known = nodes.filter((node) => node !== undefined);
      // A plan that is finished goes to the others that are.
      const everything =
        this.stale === undefined || known.length < nodes.length || known.some(isFinished);
      this.stale = new Set();
      this.changed.fire(everything ? undefined : known);
      this.redrawn.fire();
    });
  }

  private tickWhileRunning(): void {
    this.ticker?.dispose();
    if (this.visible && this.running.size > 0) {
      this.ticker = this.services.clock.after(tick, () => {
        this.changed.fire([...this.running]);
        this.tickWhileRunning();
      });
    }
  }
}

function folderItem(queue: FolderQueue): vscode.TreeItem {
  const item = new vscode.TreeItem(queue.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = queue.folder.uri.toString();
  item.iconPath = vscode.ThemeIcon.Folder;
  item.contextValue = contextValue("folder", []);
  return item;
}

function itemOf(kind: "plan" | "phase", row: Row, id: string): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label);
  const { id: icon, color } = row.icon;
  item.id = id;
  item.description = row.description;
  item.iconPath = new vscode.ThemeIcon(
    icon,
    color === undefined ? undefined : new vscode.ThemeColor(color),
  );
  item.contextValue = contextValue(kind, row.capabilities);
  item.accessibilityInformation = { label: row.spoken };
  return item;
}

/** Whether commands have somewhere to go: to this window's hopper, or to the owner's. */
export function canChange({ state }: FolderQueue): boolean {
  return state.kind === "owner" || state.kind === "follower";
}
