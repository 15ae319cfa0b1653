import * as vscode from "vscode";
import { HopperError } from "../../core/base/errors";
import type { Capability } from "../contributions";
import { asLabel } from "../foreignText";
import { t } from "../l10n";
import type { FolderQueue } from "../queues/folderQueue";
import type { WorkspaceQueues } from "../queues/workspaceQueues";
import {
  isQueueNode,
  type PhaseNode,
  phaseNodes,
  type PlanNode,
  planNodes,
  type QueueNode,
} from "../tree/nodes";
import { phaseRow } from "../tree/phaseRow";
import { planRow } from "../tree/planRow";
import { canChange, type QueueTree } from "../tree/queueTree";
import { statusIcons } from "../tree/row";
import { nameOf, statusInWords } from "../words";
import type { SelectedRows } from "./selectedRows";

/** Finds what a command is about: the rows it was called on, the selected ones, or one the user picks. */
export class Targets {
  constructor(
    private readonly queues: WorkspaceQueues,
    private readonly tree: QueueTree,
    private readonly selected: SelectedRows,
  ) {}

  /**
   * The rows that a command was called with, as they are now: several where several are selected, none
   * from the palette. A key binding passes "selection", since it passes no row; a link in a text passes
   * a phase's queue_id.
   *
   * @throws HopperError `notFound` when there were rows, and all of them are gone.
   */
  rows(args: readonly unknown[]): readonly QueueNode[] {
    const given = this.given(args);
    const rows = given.flatMap(asItIsNow);
    if (given.length > 0 && rows.length === 0) {
      throw new HopperError("notFound", t("This row is not in the queue any more."));
    }
    return rows;
  }

  /**
   * The editor passes `undefined` for a row that it is just drawing anew: what was meant is then known
   * only if it was one of the selected ones.
   */
  private given(args: readonly unknown[]): readonly QueueNode[] {
    const [first, several] = args;
    if (first === "selection") {
      return this.selected.all;
    }
    if (typeof first === "string") {
      return this.withId(first);
    }
    if (Array.isArray(several) && several.length > 0) {
      return several.every(isQueueNode) ? several : this.selected.all;
    }
    if (isQueueNode(first)) {
      return [first];
    }
    if (args.length > 0) {
      throw new HopperError(
        "conflict",
        t("The queue was being drawn anew just then: choose the row again."),
      );
    }
    return [];
  }

  /**
   * Phases that can do this: of the rows, those that can; from elsewhere, the one the user picks.
   *
   * @throws CancellationError when the user picks none, HopperError `conflict` when none can do it.
   */
  async phases(
    args: readonly unknown[],
    capability: Capability,
    title: string,
  ): Promise<readonly PhaseNode[]> {
    const rows = this.rows(args);
    if (rows.length > 0) {
      const able = this.able(this.meant(rows, capability), capability);
      if (able.length === 0) {
        throw nothingToDo(capability, rows);
      }
      return able;
    }
    const candidates = this.able(this.allPhases(), capability);
    if (candidates.length === 0) {
      throw nothingToDo(capability);
    }
    return [await pickPhase(candidates, title)];
  }

  /** As {@link phases}, for commands that are about one. */
  async phase(args: readonly unknown[], capability: Capability, title: string): Promise<PhaseNode> {
    const [phase] = await this.phases(args, capability, title);
    if (!phase) {
      throw nothingToDo(capability);
    }
    return phase;
  }

  /** The plans among the rows. */
  plans(args: readonly unknown[]): readonly PlanNode[] {
    return this.rows(args).filter((row) => row.kind === "plan");
  }

  /** The queue a command is about: of the row, the only one, or the one the user picks. */
  async queue(
    args: readonly unknown[],
    suits: (queue: FolderQueue) => boolean = () => true,
  ): Promise<FolderQueue | undefined> {
    // The view's title passes the row that has the focus, which need not be about this at all.
    const named = args.filter(isQueueNode).map(({ queue }) => queue);
    const suitable = this.queues.all.filter(suits);
    const [queue] = suitable.length < 2 ? suitable : suitable.filter((one) => named.includes(one));
    if (queue || suitable.length === 0) {
      return queue;
    }
    const picked = await vscode.window.showQuickPick(
      suitable.map((queue) => ({ label: queue.name, description: queue.path, queue })),
      { title: t("Choose the folder whose queue is meant") },
    );
    if (!picked) {
      throw new vscode.CancellationError();
    }
    return picked.queue;
  }

  private withId(queueId: string): PhaseNode[] {
    const found = this.queues.all.flatMap((queue): PhaseNode[] => {
      const phase = queue.reader?.phase(queueId, false);
      const plan = phase && queue.reader?.plan(phase.plan_id);
      return phase && plan ? [{ kind: "phase", queue, plan, phase }] : [];
    });
    if (found.length === 0) {
      throw new HopperError("notFound", t("This phase is not in the queue any more."));
    }
    return found;
  }

  private allPhases(): PhaseNode[] {
    return this.queues.all.flatMap(planNodes).flatMap(phaseNodes);
  }

  /**
   * The phases among the rows, each once. A plan's row stands for its phases only where the row itself
   * offers this: it may be selected beside the phases that are meant.
   */
  private meant(rows: readonly QueueNode[], capability: Capability): PhaseNode[] {
    const phases = rows.flatMap((row): PhaseNode[] => {
      if (row.kind !== "plan") {
        return row.kind === "phase" ? [row] : [];
      }
      const { capabilities } = planRow(this.tree.planFacts(row));
      return capabilities.includes(capability) ? phaseNodes(row) : [];
    });
    return [...new Map(phases.map((node) => [node.phase.queue_id, node])).values()];
  }

  private able(nodes: readonly PhaseNode[], capability: Capability): PhaseNode[] {
    return nodes.filter((node) =>
      phaseRow(this.tree.phaseFacts(node)).capabilities.includes(capability),
    );
  }
}

/** Said in place of an empty list to pick from, or of doing nothing with the row. */
function nothingToDo(capability: Capability, rows: readonly QueueNode[] = []): HopperError {
  const [row] = rows;
  if (row?.kind !== "phase" || rows.length > 1) {
    return new HopperError("conflict", nothing[capability]());
  }
  const { queue, phase } = row;
  const lacks = lacking[capability];
  if (lacks === undefined && !canChange(queue) && "refusal" in queue.state) {
    return queue.state.refusal;
  }
  return new HopperError(
    "conflict",
    lacks === undefined
      ? t("{0} is {1} by now.", nameOf(phase), statusInWords(phase.status))
      : `${nameOf(phase)}: ${lacks()}`,
  );
}

/** Said of a phase where something is not there, in whatever status the phase is. */
const lacking: Readonly<Partial<Record<Capability, () => string>>> = {
  log: () => t("no attempt of it has output."),
  attempts: () => t("no earlier attempt of it has output."),
  goTo: () => t("it did not come from a file."),
  error: () => t("it has no error."),
  issue: () => t("it has no issue on GitHub."),
};

/** Rows are drawn a moment before they are used. */
function asItIsNow(row: QueueNode): QueueNode[] {
  if (row.kind === "folder") {
    return [row];
  }
  const { reader } = row.queue;
  const plan = reader?.plan(row.plan.plan_id);
  if (!plan || row.kind === "plan") {
    return plan && row.kind === "plan" ? [{ ...row, plan }] : [];
  }
  const phase = reader?.phase(row.phase.queue_id, false);
  return phase ? [{ ...row, plan, phase }] : [];
}

/** Said when it is needed: the language is known then. */
const nothing: Readonly<Record<Capability, () => string>> = {
  start: () => t("No phase is ready to be started."),
  cancel: () => t("No phase is running."),
  retry: () => t("No phase has failed."),
  skip: () => t("No phase is waiting or failed."),
  remove: () => t("There is no phase that could be removed."),
  settle: () => t("No phase waits for a person or a workflow."),
  goTo: () => t("No phase comes from a file."),
  log: () => t("No phase has run yet."),
  attempts: () => t("No phase has been tried more than once."),
  error: () => t("No phase has an error."),
  pause: () => t("No plan can be paused."),
  resume: () => t("No plan is paused."),
  move: () => t("No phase waits to be started."),
  showChanges: () => t("No plan's file has changed."),
  update: () => t("No plan's file has changed."),
  issue: () => t("Nothing here has an issue on GitHub."),
  mirror: () => t("Every plan is mirrored to GitHub already."),
  mirrored: () => t("No plan is mirrored to GitHub."),
};

interface PhasePick extends vscode.QuickPickItem {
  readonly node: PhaseNode;
}

async function pickPhase(nodes: readonly PhaseNode[], title: string): Promise<PhaseNode> {
  const picked = await vscode.window.showQuickPick(nodes.map(pickOf), {
    title,
    matchOnDescription: true,
  });
  if (!picked) {
    throw new vscode.CancellationError();
  }
  return picked.node;
}

function pickOf(node: PhaseNode): PhasePick {
  const { phase, plan } = node;
  return {
    label: `$(${statusIcons[phase.status].id}) ${asLabel(nameOf(phase))}`,
    description: asLabel(`${plan.title} · ${statusInWords(phase.status)}`),
    node,
  };
}
