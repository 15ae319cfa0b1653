import * as vscode from "vscode";
import type { Disposable } from "../core/base/lifecycle";
import type { PhaseQueueItem, QueueEvent } from "../core/protocol/queue";
import { nameOf } from "./commands/targets";
import { commands } from "./contributions";
import { asMessage } from "./foreignText";
import type { FolderQueue, FolderQueueChange } from "./queues/folderQueue";
import type { WorkspaceQueues } from "./queues/workspaceQueues";
import type { Services } from "./services";
import type { PhaseNode } from "./tree/nodes";

/** One failure brings others: what happens within so many milliseconds is told together. */
const together = 500;
/** Of many that failed together only the first are named. */
const mostNames = 3;

/** Tells what a user would want to know who looks elsewhere: failures, pauses, and plans that are done. */
export class Notifications implements Disposable {
  private readonly listener: Disposable;
  private readonly pending: FolderQueueChange[] = [];
  private timer: Disposable | undefined;

  constructor(
    queues: WorkspaceQueues,
    private readonly services: Services,
  ) {
    this.listener = queues.onDidChange((change) => {
      if (change && change.events.length > 0) {
        this.pending.push(change);
        this.timer ??= services.clock.after(together, () => this.tellAll());
      }
    });
  }

  dispose(): void {
    this.listener.dispose();
    this.timer?.dispose();
  }

  private tellAll(): void {
    this.timer = undefined;
    const changes = this.pending.splice(0);
    const level = this.services.configuration.notifications();
    if (level === "none") {
      return;
    }
    for (const queue of new Set(changes.map((change) => change.queue))) {
      const events = changes.filter((change) => change.queue === queue).flatMap((c) => c.events);
      this.tellFailures(queue, events);
      this.tellPauses(queue, events);
      if (level === "all") {
        this.tellWaits(queue, events);
        this.tellCompletions(queue, events);
      }
    }
  }

  private tellFailures(queue: FolderQueue, events: readonly QueueEvent[]): void {
    // What the user cancelled is no news, and what was retried meanwhile is none any more.
    const failed = phasesMovedTo("failed", queue, events).filter(
      ({ phase }) => phase.status === "failed" && phase.reason !== "cancelled",
    );
    const [first] = failed;
    if (!first) {
      return;
    }
    const { phase, plan } = first;
    if (failed.length > 1) {
      const names = failed.slice(0, mostNames).map((node) => nameOf(node.phase));
      const more = failed.length - names.length;
      const list = [...names, ...(more > 0 ? [`${more} more`] : [])].join(", ");
      this.tell("error", `${failed.length} phases failed: ${list}`, {
        "Show Queue": () => vscode.commands.executeCommand("phaseHopper.queue.focus"),
      });
      return;
    }
    const message = phase.error_message === undefined ? "" : `: ${phase.error_message}`;
    this.tell("error", `${nameOf(phase)} of "${plan.title}" failed${message}`, {
      ...(phase.attempts > 0 && {
        "Show Log": () => vscode.commands.executeCommand(commands.showLog, first),
      }),
      Retry: () => vscode.commands.executeCommand(commands.retry, first),
    });
  }

  private tellPauses(queue: FolderQueue, events: readonly QueueEvent[]): void {
    const resume = {
      Resume: () => vscode.commands.executeCommand(commands.resume, { kind: "folder", queue }),
    };
    for (const { type, reason = "", plan_id } of events) {
      const plan = plan_id === undefined ? undefined : queue.reader?.plan(plan_id);
      if (type === "queue_paused" && reason !== "paused by you") {
        this.tell("warning", `The queue is paused: ${reason.replace(/^paused: /, "")}`, resume);
      } else if (type === "plan_paused" && plan && reason !== "paused by you") {
        this.tell("information", `"${plan.title}" is paused: ${reason}`, {
          Resume: () =>
            vscode.commands.executeCommand(commands.resume, { kind: "plan", queue, plan }),
        });
      }
    }
  }

  private tellWaits(queue: FolderQueue, events: readonly QueueEvent[]): void {
    const runners = this.services.configuration.runners();
    for (const node of phasesMovedTo("running", queue, events)) {
      const { phase, plan } = node;
      if (phase.status === "running" && runners.get(phase.runner)?.kind === "manual") {
        this.tell("information", `${nameOf(phase)} of "${plan.title}" waits for you.`, {
          "Go to Phase": () => vscode.commands.executeCommand(commands.goToPhase, node),
          Done: () => vscode.commands.executeCommand(commands.done, node),
          Failed: () => vscode.commands.executeCommand(commands.failed, node),
        });
      }
    }
  }

  private tellCompletions(queue: FolderQueue, events: readonly QueueEvent[]): void {
    const planIds = new Set(
      events.filter(({ to_status }) => to_status === "completed").map(({ plan_id }) => plan_id),
    );
    for (const planId of planIds) {
      const plan = planId === undefined ? undefined : queue.reader?.plan(planId);
      const counts = queue.reader?.counts(planId);
      if (plan && counts?.size === 1 && counts.has("completed")) {
        const count = counts.get("completed") ?? 0;
        const phases = count === 1 ? "its phase is" : `all ${count} phases are`;
        this.tell("information", `"${plan.title}" is done: ${phases} completed.`, {
          "Show Queue": () => vscode.commands.executeCommand("phaseHopper.queue.focus"),
        });
      }
    }
  }

  private tell(
    severity: "error" | "warning" | "information",
    message: string,
    actions: Readonly<Record<string, () => Thenable<unknown>>>,
  ): void {
    const show = {
      error: vscode.window.showErrorMessage,
      warning: vscode.window.showWarningMessage,
      information: vscode.window.showInformationMessage,
    }[severity];
    void (async () => {
      const choice = await show(asMessage(message), ...Object.keys(actions));
      await (choice === undefined ? undefined : actions[choice]?.());
    })().catch((error: unknown) => this.services.logger.error("A notification failed.", error));
  }
}

/** Phases that came to this status in these events, as they are now; each once. */
function phasesMovedTo(
  status: PhaseQueueItem["status"],
  queue: FolderQueue,
  events: readonly QueueEvent[],
): PhaseNode[] {
  const moved = events.filter(
    ({ to_status, from_status }) => to_status === status && from_status !== status,
  );
  const ids = new Set(moved.map(({ queue_id }) => queue_id).filter((id) => id !== undefined));
  return [...ids].flatMap((id) => {
    const phase = queue.reader?.phase(id);
    const plan = phase && queue.reader?.plan(phase.plan_id);
    return phase && plan ? [{ kind: "phase", queue, plan, phase } satisfies PhaseNode] : [];
  });
}
