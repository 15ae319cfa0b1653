import * as vscode from "vscode";
import type { Disposable } from "../core/base/lifecycle";
import type { PhaseQueueItem, QueueEvent } from "../core/protocol/queue";
import type { ReportFailure } from "./commands/phaseCommands";
import { commands, views } from "./contributions";
import { asMessage } from "./foreignText";
import { t } from "./l10n";
import type { FolderQueue, FolderQueueChange } from "./queues/folderQueue";
import type { WorkspaceQueues } from "./queues/workspaceQueues";
import type { Services } from "./services";
import type { PhaseNode } from "./tree/nodes";
import type { QueueTree } from "./tree/queueTree";
import { asSentence, nameOf } from "./words";

/** One failure brings others: what happens within so many milliseconds is told together. */
const together = 500;
/** Of many that failed together only the first are named. */
const mostNames = 3;

/**
 * Tells what a user would want to know who looks elsewhere: failures, pauses, what keeps the queue from
 * going on, and plans that are done.
 */
export class Notifications implements Disposable {
  private readonly listener: Disposable;
  private readonly pending: FolderQueueChange[] = [];
  /** Phases that the user makes fail here and now. */
  private readonly failedHere = new Set<string>();
  private timer: Disposable | undefined;

  constructor(
    queues: WorkspaceQueues,
    private readonly tree: QueueTree,
    private readonly services: Services,
  ) {
    this.listener = queues.onDidChange((change) => {
      if (change?.trouble !== undefined) {
        this.tellTrouble(change.trouble);
      }
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

  /** Who says of a phase that it failed knows it: that failure is no news. */
  readonly reportFailure: ReportFailure = async (queueId, report) => {
    this.failedHere.add(queueId);
    try {
      return await report();
    } catch (error) {
      this.failedHere.delete(queueId);
      throw error;
    }
  };

  private tellTrouble(trouble: string): void {
    if (this.services.configuration.notifications() !== "none") {
      this.tell("error", t("The queue cannot go on: {0}", asSentence(trouble)), showQueue);
    }
  }

  private tellAll(): void {
    this.timer = undefined;
    const changes = this.pending.splice(0);
    const level = this.services.configuration.notifications();
    for (const queue of new Set(changes.map((change) => change.queue))) {
      const events = changes.filter((change) => change.queue === queue).flatMap((c) => c.events);
      const failed = this.failuresIn(queue, events);
      if (level === "none") {
        continue;
      }
      this.tellFailures(failed);
      this.tellPauses(queue, events);
      if (level === "all") {
        this.tellWaits(queue, events);
        this.tellCompletions(queue, events);
      }
    }
  }

  /** What the user cancelled or reported is no news, and what was retried meanwhile is none any more. */
  private failuresIn(queue: FolderQueue, events: readonly QueueEvent[]): PhaseNode[] {
    // With automatic retries left, a phase that was reported goes back to ready instead.
    const ended = events.filter(({ from_status }) => from_status === "running");
    const here = ended.filter(({ queue_id = "" }) => this.failedHere.delete(queue_id));
    return phasesMovedTo("failed", queue, events)
      .filter(({ phase }) => !here.some(({ queue_id }) => queue_id === phase.queue_id))
      .filter(({ phase }) => phase.status === "failed" && phase.reason !== "cancelled");
  }

  private tellFailures(failed: readonly PhaseNode[]): void {
    const [first] = failed;
    if (!first) {
      return;
    }
    const { phase, plan } = first;
    if (failed.length > 1) {
      const names = failed.slice(0, mostNames).map((node) => nameOf(node.phase));
      const more = failed.length - names.length;
      const list = [...names, ...(more > 0 ? [`${more} more`] : [])].join(", ");
      this.tell("error", `${failed.length} phases failed: ${list}`, showQueue);
      return;
    }
    const message = phase.error_message === undefined ? "" : `: ${phase.error_message}`;
    this.tell("error", `${nameOf(phase)} of "${plan.title}" failed${message}`, {
      ...(this.tree.phaseFacts(first).hasLog && {
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
        this.tell("information", `"${plan.title}" is done: ${phases} completed.`, showQueue);
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

const showQueue = {
  "Show Queue": () => vscode.commands.executeCommand(`${views.queue}.focus`),
};

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
