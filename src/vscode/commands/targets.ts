import * as vscode from "vscode";
import { HopperError } from "../../core/base/errors";
import type { PhaseQueueItem } from "../../core/protocol/queue";
import type { Capability } from "../contributions";
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
import type { QueueTree } from "../tree/queueTree";
import { statusIcons } from "../tree/row";

/** Finds what a command is about: the rows it was called on, the selected ones, or one the user picks. */
export class Targets {
  constructor(
    private readonly queues: WorkspaceQueues,
    private readonly tree: QueueTree,
    private readonly view: vscode.TreeView<QueueNode>,
  ) {}

  /**
   * The rows that a command was called with: several where several are selected, none from the
   * palette. A key binding passes "selection", since it passes no row.
   */
  rows([first, selected]: readonly unknown[]): readonly QueueNode[] {
    if (first === "selection") {
      return this.view.selection;
    }
    if (Array.isArray(selected) && selected.length > 0 && selected.every(isQueueNode)) {
      return selected;
    }
    return isQueueNode(first) ? [first] : [];
  }

  /**
   * Phases that can do this: of the rows, those that can; from elsewhere, the one the user picks.
   *
   * @throws CancellationError when the user picks none.
   */
  async phases(
    args: readonly unknown[],
    capability: Capability,
    title: string,
  ): Promise<readonly PhaseNode[]> {
    const rows = this.rows(args);
    if (rows.length > 0) {
      return this.able(rows.flatMap(phasesOf), capability);
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
    const [row] = this.rows(args);
    const suitable = this.queues.all.filter(suits);
    if (row || suitable.length < 2) {
      return row?.queue ?? suitable[0];
    }
    const picked = await vscode.window.showQuickPick(
      suitable.map((queue) => ({ label: queue.name, description: queue.path, queue })),
      { title: "Choose the folder whose queue is meant" },
    );
    if (!picked) {
      throw new vscode.CancellationError();
    }
    return picked.queue;
  }

  private allPhases(): PhaseNode[] {
    return this.queues.all.flatMap((queue) => phasesOf({ kind: "folder", queue }));
  }

  private able(nodes: readonly PhaseNode[], capability: Capability): PhaseNode[] {
    return nodes.filter((node) =>
      phaseRow(this.tree.phaseFacts(node)).capabilities.includes(capability),
    );
  }
}

/** Said in place of an empty list to pick from. */
function nothingToDo(capability: Capability): HopperError {
  return new HopperError("conflict", nothing[capability]);
}

const nothing: Readonly<Record<Capability, string>> = {
  start: "No phase is ready to be started.",
  cancel: "No phase is running.",
  retry: "No phase has failed.",
  skip: "No phase is waiting or failed.",
  remove: "There is no phase that could be removed.",
  settle: "No phase waits for a person or a workflow.",
  goTo: "No phase comes from a file.",
  log: "No phase has run yet.",
  attempts: "No phase has been tried more than once.",
  error: "No phase has an error.",
  pause: "No plan can be paused.",
  resume: "No plan is paused.",
};

function phasesOf(row: QueueNode): PhaseNode[] {
  switch (row.kind) {
    case "phase":
      return [row];
    case "plan":
      return phaseNodes(row);
    case "folder":
      return planNodes(row.queue).flatMap(phaseNodes);
  }
}

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
    label: `$(${statusIcons[phase.status].id}) ${nameOf(phase)}`,
    description: `${plan.title} · ${phase.status}`,
    node,
  };
}

/** "Phase 2: Build" */
export function nameOf({ phase_number, phase_data }: PhaseQueueItem): string {
  const number = `Phase ${phase_number}`;
  return phase_data.title === number ? number : `${number}: ${phase_data.title}`;
}
