import { join } from "node:path";
import * as vscode from "vscode";
import { HopperError } from "../../core/base/errors";
import type {
  CardPhaseRequest,
  CardQueueAction,
  CardRequest,
} from "../../core/protocol/card/cardMessages";
import type { CardDetails, CardPlanAction } from "../../core/protocol/card/cardState";
import type { RunnerDefinition } from "../../core/protocol/runners";
import { cleanText } from "../../core/protocol/words/cleanText";
import { attemptOutputFolder } from "../commands/logCommands";
import type { CarryOut } from "../commands/register";
import { type CommandId, commands } from "../contributions";
import type { FolderQueue } from "../queues/folderQueue";
import { reopenings } from "../queues/queueState";
import type { PhaseNode } from "../tree/nodes";
import type { CardContent } from "./cardContent";
import { t } from "../l10n";

/** Does what a card asks for, by the commands that menus and palette use too. */
export class CardRequests {
  constructor(
    private readonly queue: FolderQueue,
    private readonly content: CardContent,
    private readonly carryOut: CarryOut,
    private readonly runnerOf: (name: string) => RunnerDefinition | undefined,
  ) {}

  /** @returns what the card is answered with. @throws HopperError fit for the user. */
  async handle(
    request: Exclude<CardRequest, { name: "followLog" | "unfollowLog" }>,
  ): Promise<unknown> {
    switch (request.name) {
      case "phase":
        return this.carryOut(phaseCommands[request.action], this.phase(request.queueId));
      case "plan":
        return this.carryOut(planCommands[request.action], this.plan(request.planId));
      case "queue":
        return this.onQueue(request.action);
      case "details":
        return this.details(request.queueId);
      case "openDocument":
        return this.openDocument(request.queueId, request.document);
    }
  }

  /** The folder with the output of an attempt of this phase. */
  outputFolder(queueId: string, attemptId: string): string {
    const attempt = this.queue.reader
      ?.attempts(queueId)
      .find(({ attempt_id }) => attempt_id === attemptId);
    if (!attempt) {
      throw new HopperError("notFound", t("This attempt is not in the queue any more."));
    }
    return attemptOutputFolder(this.phase(queueId), attempt);
  }

  private async onQueue(action: CardQueueAction): Promise<unknown> {
    switch (action) {
      case "trust":
        return vscode.commands.executeCommand("workbench.trust.manage");
      case "openFolder":
        return vscode.commands.executeCommand("workbench.action.files.openFolder");
      case "adopt":
      case "repair":
      case "takeOver":
      case "reopen":
        if (!reopenings[action](this.queue.state)) {
          // The command would look for another folder's queue that is in such a state.
          throw new HopperError("conflict", t("The queue is in another state by now."));
        }
        return this.carryOut(queueCommands[action], { kind: "folder", queue: this.queue });
      default:
        return this.carryOut(queueCommands[action], { kind: "folder", queue: this.queue });
    }
  }

  private async details(queueId: string): Promise<CardDetails> {
    const { phase } = this.phase(queueId);
    const data = this.queue.reader?.phaseData(queueId);
    const newest = this.queue.reader?.attempts(queueId).at(-1);
    if (!data) {
      throw gone();
    }
    const { stepsAhead, stepsRun } = await import("./cardSteps");
    return {
      steps: newest
        ? stepsRun(newest, this.outputFolder(queueId, newest.attempt_id))
        : stepsAhead(data, this.runnerOf(phase.runner)),
      hasRun: newest !== undefined,
      documents: data.externalDocs.map(cleanText),
      enqueuedAt: Date.parse(phase.created_at),
    };
  }

  /** Only what the phase's text names, and what lies in the workspace, is opened. */
  private async openDocument(queueId: string, document: string): Promise<void> {
    const { plan } = this.phase(queueId);
    const documents = this.queue.reader?.phaseData(queueId)?.externalDocs ?? [];
    const named = documents.find((one) => cleanText(one) === document);
    const { findDocument } = await import("../../core/coordinator/planSource");
    const path =
      named === undefined ? undefined : findDocument(named, this.queue.path, plan.source_path);
    if (path === undefined) {
      throw new HopperError("notFound", t("{0} is not a file of this workspace.", document));
    }
    await vscode.window.showTextDocument(vscode.Uri.file(join(this.queue.path, path)));
  }

  private phase(queueId: string): PhaseNode {
    const node = this.content.node(queueId);
    if (!node) {
      throw gone();
    }
    return node;
  }

  private plan(planId: string): object {
    const node = this.content.planNode(planId);
    if (!node) {
      throw new HopperError("notFound", t("This plan is not in the queue any more."));
    }
    return node;
  }
}

function gone(): HopperError {
  return new HopperError("notFound", t("This phase is not in the queue any more."));
}

const phaseCommands: Readonly<Record<CardPhaseRequest, CommandId>> = {
  start: commands.start,
  cancel: commands.cancel,
  retry: commands.retry,
  skip: commands.skip,
  remove: commands.remove,
  done: commands.done,
  failed: commands.failed,
  goTo: commands.goToPhase,
  log: commands.showLog,
  attempts: commands.showAttemptLog,
  error: commands.copyError,
  issue: commands.openIssue,
  showChanges: commands.showChanges,
  update: commands.updateFromFile,
};

const planCommands: Readonly<Record<CardPlanAction, CommandId>> = {
  pause: commands.pause,
  resume: commands.resume,
  remove: commands.remove,
  goTo: commands.goToPhase,
  retry: commands.retry,
  issue: commands.openIssue,
  showChanges: commands.showChanges,
  update: commands.updateFromFile,
};

const queueCommands: Readonly<Record<Exclude<CardQueueAction, "trust" | "openFolder">, CommandId>> =
  {
    pause: commands.pause,
    resume: commands.resume,
    enqueue: commands.enqueuePhases,
    clearCompleted: commands.clearCompleted,
    adopt: commands.adoptQueue,
    repair: commands.repairQueue,
    takeOver: commands.takeOverQueue,
    reopen: commands.reopenQueue,
  };
