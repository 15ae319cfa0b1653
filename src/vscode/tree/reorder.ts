import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { HopperError } from "../../core/base/errors";
import type { PhaseStatus } from "../../core/protocol/terms";
import { t } from "../l10n";
import {
  isFinished,
  type PhaseNode,
  phaseNodes,
  type PlanNode,
  planNodes,
  type QueueNode,
} from "./nodes";
import { isWaiting, type Place, placeBy, placeOn, refusalOf, type Rows } from "./order";

const mimeType = "application/vnd.code.tree.phasehopper.queue";

/** The statuses that phases must have to be shown; undefined shows all. */
type Filter = ReadonlySet<PhaseStatus> | undefined;

/** Puts plans, and phases that wait, into another order of starting by drag and drop. */
export class Reorder implements vscode.TreeDragAndDropController<QueueNode> {
  readonly dragMimeTypes = [mimeType];
  readonly dropMimeTypes = [mimeType];

  /** What is dragged, by a name of its own: the rows themselves cannot be handed on as text. */
  private drag: { readonly id: string; readonly nodes: readonly QueueNode[] } | undefined;

  constructor(
    private readonly tree: { readonly filter: Filter },
    private readonly onError: (error: unknown) => void,
  ) {}

  handleDrag(source: readonly QueueNode[], data: vscode.DataTransfer): void {
    this.drag = { id: randomUUID(), nodes: source };
    data.set(mimeType, new vscode.DataTransferItem(this.drag.id));
  }

  async handleDrop(target: QueueNode | undefined, data: vscode.DataTransfer): Promise<void> {
    const id = await data.get(mimeType)?.asString();
    // One that began in another window is none of ours.
    const nodes = this.drag?.id === id ? (this.drag?.nodes ?? []) : [];
    const [node] = nodes;
    if (!node) {
      return;
    }
    try {
      if (nodes.length > 1) {
        throw new HopperError("usage", t("Only one row can be moved at a time."));
      }
      vscode.window.setStatusBarMessage(await drop(node, target, this.tree.filter), 6000);
    } catch (error) {
      this.onError(error);
    }
  }
}

/** Moves a row up or down among those it can change places with; answers what was done. */
export async function moveBy(node: QueueNode, by: -1 | 1, filter: Filter): Promise<string> {
  const moved = movable(node);
  const place = placeBy(rowsBeside(moved, filter), idOf(moved), by);
  return place ? move(moved, place) : t("It is at the end already.");
}

async function drop(
  node: QueueNode,
  target: QueueNode | undefined,
  filter: Filter,
): Promise<string> {
  const moved = movable(node);
  const refusal = refusalOf(moved, target);
  if (refusal !== undefined) {
    throw new HopperError("conflict", refusal);
  }
  const on = moved.kind === "plan" ? planIdOf(target) : phaseIdOf(target);
  return move(moved, placeOn(rowsBeside(moved, filter), idOf(moved), on));
}

/** @throws HopperError `conflict` for what has no place in the order of starting. */
function movable(node: QueueNode): PlanNode | PhaseNode {
  if (node.kind === "plan" && !isFinished(node)) {
    return node;
  }
  if (node.kind === "phase" && isWaiting(node.phase.status)) {
    return node;
  }
  throw new HopperError(
    "conflict",
    t("Only plans that are not finished and phases that have not started can be moved."),
  );
}

/** Finished plans are shown apart, and nothing of them is started any more. */
function rowsBeside(node: PlanNode | PhaseNode, filter: Filter): Rows {
  if (node.kind === "phase") {
    const phases = phaseNodes(node).map(({ phase }) => phase);
    const shown = phases.filter(({ status }) => filter?.has(status) ?? true);
    return rowsOf(
      phases.map(({ queue_id }) => queue_id),
      shown.map(({ queue_id }) => queue_id),
    );
  }
  const plans = planNodes(node.queue).filter((plan) => !isFinished(plan));
  const isShown = (plan: PlanNode): boolean =>
    !filter || [...filter].some((status) => countsOf(plan).has(status));
  return rowsOf(plans.map(idOf), plans.filter(isShown).map(idOf));
}

function rowsOf(all: readonly string[], shown: readonly string[]): Rows {
  const ids = new Set(shown);
  return { all, isShown: (id) => ids.has(id) };
}

async function move(node: PlanNode | PhaseNode, place: Place): Promise<string> {
  const before = place === "last" ? undefined : place.before;
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

function planIdOf(target: QueueNode | undefined): string | undefined {
  return target && target.kind !== "folder" ? target.plan.plan_id : undefined;
}

function phaseIdOf(target: QueueNode | undefined): string | undefined {
  return target?.kind === "phase" ? target.phase.queue_id : undefined;
}

function countsOf({ queue, plan }: PlanNode): ReadonlyMap<string, number> {
  return queue.reader?.counts(plan.plan_id) ?? new Map<string, number>();
}
