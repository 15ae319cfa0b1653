import * as vscode from "vscode";
import { HopperError } from "../../core/base/errors";
import { joined } from "../../core/base/words";
import { type CommandResult, type HopperCommands, result } from "../../core/protocol/commands";
import { commands } from "../contributions";
import type { PhaseNode } from "../tree/nodes";
import { nameOf } from "../words";
import { atOnce, inTurn } from "./outcome";
import { type CommandHandler, say } from "./register";
import type { Targets } from "./targets";
import { t } from "../l10n";

/** Does what makes a phase fail, and tells whoever announces failures that the user knows of it. */
export type ReportFailure = <T>(queueId: string, report: () => Promise<T>) => Promise<T>;

/** What can be done with phases, from the tree and from the palette. */
export function phaseCommands(targets: Targets, reportFailure: ReportFailure) {
  return {
    [commands.start]: async (...args) => {
      const phases = await targets.phases(args, "start", t("Start Which Phase?"));
      say(
        await inTurn(
          phases,
          act((hopper, id) => hopper.start(id)),
        ),
      );
    },
    [commands.cancel]: async (...args) => {
      const phases = await targets.phases(args, "cancel", t("Cancel Which Phase?"));
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: t("Stopping…") },
        async () =>
          say(
            await atOnce(
              phases,
              act((hopper, id) => hopper.cancel(id)),
            ),
          ),
      );
    },
    [commands.retry]: async (...args) => {
      const phases = await targets.phases(args, "retry", t("Retry Which Phase?"));
      say(await inTurn(phases, retry));
    },
    [commands.skip]: async (...args) => {
      const phases = await targets.phases(args, "skip", t("Skip Which Phase?"));
      say(
        await inTurn(
          phases,
          act((hopper, id) => hopper.skip(id)),
        ),
      );
    },
    [commands.done]: async (...args) => {
      const node = await targets.phase(args, "settle", t("Which Phase Is Done?"));
      const note = await askNote(node, t("Done"), t("What was done? (optional)"));
      say(
        await inTurn(
          [node],
          act((hopper, id) => hopper.complete(id, note)),
        ),
      );
    },
    [commands.failed]: async (...args) => {
      const node = await targets.phase(args, "settle", t("Which Phase Failed?"));
      const note = await askNote(node, t("Failed"), t("Why did it fail? (optional)"));
      const fail = act((hopper, id) => reportFailure(id, () => hopper.fail(id, note)));
      say(await inTurn([node], fail));
    },
    [commands.copyError]: async (...args) => {
      const { phase } = await targets.phase(args, "error", t("Copy Which Error?"));
      await vscode.env.clipboard.writeText(phase.error_message ?? "");
    },
  } satisfies Partial<Record<string, CommandHandler>>;
}

/** A command on a phase, wherever its queue is. */
function act(command: (hopper: HopperCommands, queueId: string) => Promise<CommandResult>) {
  return async ({ queue, phase }: PhaseNode): Promise<CommandResult> =>
    command(await queue.commands(), phase.queue_id);
}

/**
 * Who retries a phase wants it to run, also where nothing starts by itself; what else is ready still
 * waits to be asked for. Where another process owns the queue, that one decides.
 */
async function retry({ queue, phase }: PhaseNode): Promise<CommandResult> {
  const hopper = await queue.commands();
  const done = await hopper.retry(phase.queue_id);
  const isReady = queue.reader?.phase(phase.queue_id, false)?.status === "ready";
  if (queue.state.kind !== "owner" || queue.isStarting || !isReady) {
    return done;
  }
  try {
    await hopper.start(phase.queue_id);
    return done;
  } catch (error) {
    // Every slot is taken: it is ready again all the same, and waits to be started.
    if (error instanceof HopperError && error.kind === "conflict") {
      return result(joined([done.words, error.words], " "));
    }
    throw error;
  }
}

async function askNote(
  { phase }: PhaseNode,
  outcome: string,
  prompt: string,
): Promise<string | undefined> {
  const note = await vscode.window.showInputBox({ title: `${nameOf(phase)}: ${outcome}`, prompt });
  if (note === undefined) {
    throw new vscode.CancellationError();
  }
  return note.trim() === "" ? undefined : note.trim();
}
