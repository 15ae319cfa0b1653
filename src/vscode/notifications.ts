import * as vscode from "vscode";
import type { Disposable } from "../core/base/lifecycle";
import type { Text } from "../core/base/words";
import { stored, storedInWords } from "../core/protocol/words/storedWords";
import type { PhaseQueueItem, QueueEvent } from "../core/protocol/queue";
import type { ReportFailure } from "./commands/phaseCommands";
import { commands, views } from "./contributions";
import { asMessage } from "./foreignText";
import { said, t } from "./l10n";
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

  private tellTrouble(trouble: Text): void {
    if (this.services.configuration.notifications() !== "none") {
      this.tell("error", t("The queue cannot go on: {0}", asSentence(said(trouble))), showQueue());
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
      const list = [...names, ...(more > 0 ? [t("{0} more", more)] : [])].join(", ");
      this.tell("error", t("{0} phases failed: {1}", failed.length, list), showQueue());
      return;
    }
    const name = nameOf(phase);
    const { error_message: why } = phase;
    const message =
      why === undefined
        ? t('{0} of "{1}" failed', name, plan.title)
        : t('{0} of "{1}" failed: {2}', name, plan.title, storedInWords(why));
    this.tell("error", message, {
      ...(this.tree.phaseFacts(first).hasLog && {
        [t("Show Log")]: () => vscode.commands.executeCommand(commands.showLog, first),
      }),
      [t("Retry")]: () => vscode.commands.executeCommand(commands.retry, first),
    });
  }

  private tellPauses(queue: FolderQueue, events: readonly QueueEvent[]): void {
    const resume = {
      [t("Resume")]: () =>
        vscode.commands.executeCommand(commands.resume, { kind: "folder", queue }),
    };
    for (const { type, reason = "", plan_id } of events) {
      const plan = plan_id === undefined ? undefined : queue.reader?.plan(plan_id);
      if (type === "queue_paused" && reason !== stored("pausedByYou")) {
        this.tell(
          "warning",
          t("The queue is paused: {0}", storedInWords(reason).replace(/^paused: /, "")),
          resume,
        );
      } else if (type === "plan_paused" && plan && reason !== stored("pausedByYou")) {
        this.tell("information", t('"{0}" is paused: {1}', plan.title, storedInWords(reason)), {
          [t("Resume")]: () =>
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
        this.tell("information", t('{0} of "{1}" waits for you.', nameOf(phase), plan.title), {
          [t("Go to Phase")]: () => vscode.commands.executeCommand(commands.goToPhase, node),
          [t("Done")]: () => vscode.commands.executeCommand(commands.done, node),
          [t("Failed")]: () => vscode.commands.executeCommand(commands.failed, node),
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
        const message =
          count === 1
            ? t('"{0}" is done: its phase is completed.', plan.title)
            : t('"{0}" is done: all {1} phases are completed.', plan.title, count);
        this.tell("information", message, showQueue());
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

/** Made when it is shown: the language is known then. */
const showQueue = (): Readonly<Record<string, () => Thenable<unknown>>> => ({
  [t("Show Queue")]: () => vscode.commands.executeCommand(`${views.queue}.focus`),
});

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
