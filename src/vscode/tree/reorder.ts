import * as vscode from "vscode";
import { HopperError } from "../../core/base/errors";
import type { PhaseStatus } from "../../core/protocol/terms";
import { t } from "../l10n";
import {
  isQueueNode,
  type PhaseNode,
  phaseNodes,
  type PlanNode,
  planNodes,
  type QueueNode,
} from "./nodes";

const mimeType = "application/vnd.code.tree.phasehopper.queue";

/** Puts plans, and phases that wait, into another order of starting by drag and drop. */
export class Reorder implements vscode.TreeDragAndDropController<QueueNode> {
  readonly dragMimeTypes = [mimeType];
  readonly dropMimeTypes = [mimeType];

  constructor(private readonly onError: (error: unknown) => void) {}

  handleDrag(source: readonly QueueNode[], data: vscode.DataTransfer): void {
    const [node] = source;
    if (node && source.length === 1 && isMovable(node)) {
      data.set(mimeType, new vscode.DataTransferItem(node));
    }
  }

  async handleDrop(target: QueueNode | undefined, data: vscode.DataTransfer): Promise<void> {
    const node: unknown = data.get(mimeType)?.value;
    if (!isQueueNode(node)) {
      return;
    }
    try {
      vscode.window.setStatusBarMessage(await drop(node, target), 6000);
    } catch (error) {
      this.onError(error);
    }
  }
}

/** Whether a row can be put elsewhere: plans, and phases that have not started. */
export function isMovable(node: QueueNode): node is PlanNode | PhaseNode {
  return node.kind === "plan" || (node.kind === "phase" && isWaiting(node.phase.status));
}

/** Moves a row up or down among those it can change places with; answers what was done. */
export async function moveBy(node: PlanNode | PhaseNode, by: -1 | 1): Promise<string> {
  if (!isMovable(node)) {
    throw new HopperError("conflict", t("Only a phase that has not started can be moved."));
  }
  const ids = node.kind === "plan" ? planIds(node) : phaseIds(node);
  const own = idOf(node);
  const place = ids.indexOf(own) + by;
  if (place < 0 || place >= ids.length) {
    return t("It is at the end already.");
  }
  const others = ids.filter((id) => id !== own);
  return move(node, others[place]);
}

/** What is dropped on a row takes its place; dropped behind all rows, it goes last. */
async function drop(node: QueueNode, target: QueueNode | undefined): Promise<string> {
  if (!isMovable(node)) {
    throw new HopperError("conflict", t("Only a phase that has not started can be moved."));
  }
  if (target && target.queue !== node.queue) {
    throw new HopperError("conflict", t("A plan stays in the queue of its folder."));
  }
  if (node.kind === "plan") {
    const before = target && target.kind !== "folder" ? target.plan.plan_id : undefined;
    return move(node, placeOf(planIds(node), node.plan.plan_id, before));
  }
  if (target?.kind === "phase" && target.plan.plan_id !== node.plan.plan_id) {
    throw new HopperError("conflict", t("A phase stays in its plan."));
  }
  const before = target?.kind === "phase" ? target.phase.queue_id : undefined;
  return move(node, placeOf(phaseIds(node), node.phase.queue_id, before));
}

/** Dropped on a row further down, it goes behind that row, as its place is then taken from above. */
function placeOf(
  ids: readonly string[],
  own: string,
  target: string | undefined,
): string | undefined {
  const [from, to] = [ids.indexOf(own), ids.indexOf(target ?? "")];
  return target === own ? ids[from + 1] : from !== -1 && from < to ? ids[to + 1] : target;
}

async function move(node: PlanNode | PhaseNode, before: string | undefined): Promise<string> {
  const hopper = await node.queue.commands();
  const { message } =
    node.kind === "plan"
      ? await hopper.movePlan(node.plan.plan_id, before)
      : await hopper.movePhase(node.phase.queue_id, before);
  return message;
}

function idOf(node: PlanNode | PhaseNode): string {
  return node.kind === "plan" ? node.plan.plan_id : node.phase.queue_id;
}

function planIds({ queue }: PlanNode): string[] {
  return planNodes(queue).map(({ plan }) => plan.plan_id);
}

function phaseIds(node: PhaseNode): string[] {
  return phaseNodes(node).map(({ phase }) => phase.queue_id);
}

function isWaiting(status: PhaseStatus): boolean {
  return status === "queued" || status === "ready" || status === "blocked";
}
