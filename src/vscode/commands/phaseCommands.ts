import * as vscode from "vscode";
import type { CommandResult, HopperCommands } from "../../core/protocol/commands";
import { commands } from "../contributions";
import type { PhaseNode } from "../tree/nodes";
import type { CommandHandler } from "./register";
import { nameOf, type Targets } from "./targets";

/** What can be done with phases, from the tree and from the palette. */
export function phaseCommands(targets: Targets) {
  return {
    [commands.start]: async (...args) => {
      const phases = await targets.phases(args, "start", "Start Which Phase?");
      await each(phases, (hopper, { phase }) => hopper.start(phase.queue_id));
    },
    [commands.cancel]: async (...args) => {
      const phases = await targets.phases(args, "cancel", "Cancel Which Phase?");
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: "Stopping…" },
        () => together(phases, (hopper, { phase }) => hopper.cancel(phase.queue_id)),
      );
    },
    [commands.retry]: async (...args) => {
      const phases = await targets.phases(args, "retry", "Retry Which Phase?");
      await each(phases, (hopper, { phase }) => hopper.retry(phase.queue_id));
      for (const node of phases) {
        await startRetried(node);
      }
    },
    [commands.skip]: async (...args) => {
      const phases = await targets.phases(args, "skip", "Skip Which Phase?");
      await each(phases, (hopper, { phase }) => hopper.skip(phase.queue_id));
    },
    [commands.done]: async (...args) => {
      const node = await targets.phase(args, "settle", "Which Phase Is Done?");
      const note = await askNote(node, "Done", "What was done? (optional)");
      await each([node], (hopper, { phase }) => hopper.complete(phase.queue_id, note));
    },
    [commands.failed]: async (...args) => {
      const node = await targets.phase(args, "settle", "Which Phase Failed?");
      const note = await askNote(node, "Failed", "Why did it fail? (optional)");
      await each([node], (hopper, { phase }) => hopper.fail(phase.queue_id, note));
    },
    [commands.copyError]: async (...args) => {
      const { phase } = await targets.phase(args, "error", "Copy Which Error?");
      await vscode.env.clipboard.writeText(phase.error_message ?? "");
    },
  } satisfies Partial<Record<string, CommandHandler>>;
}

/** Does the same to several phases, one after another, and says in the status bar what came of it. */
async function each(
  nodes: readonly PhaseNode[],
  act: (hopper: HopperCommands, node: PhaseNode) => Promise<CommandResult>,
): Promise<void> {
  const messages: string[] = [];
  for (const node of nodes) {
    const { message } = await act(await node.queue.commands(), node);
    messages.push(message);
  }
  vscode.window.setStatusBarMessage(messages.join(" "), 6000);
}

/** As {@link each}, all at once: what takes its time takes it once. */
async function together(
  nodes: readonly PhaseNode[],
  act: (hopper: HopperCommands, node: PhaseNode) => Promise<CommandResult>,
): Promise<void> {
  const results = await Promise.all(
    nodes.map(async (node) => act(await node.queue.commands(), node)),
  );
  vscode.window.setStatusBarMessage(results.map(({ message }) => message).join(" "), 6000);
}

/**
 * Who retries a phase wants it to run, also where nothing starts by itself; what else is ready still
 * waits to be asked for. Where another process owns the queue, that one decides.
 */
async function startRetried({ queue, phase }: PhaseNode): Promise<void> {
  const isReady = queue.reader?.phase(phase.queue_id, false)?.status === "ready";
  if (queue.state.kind === "owner" && !queue.isStarting && isReady) {
    await queue.state.hopper.start(phase.queue_id);
  }
}

async function askNote(
  { phase }: PhaseNode,
  outcome: "Done" | "Failed",
  prompt: string,
): Promise<string | undefined> {
  const note = await vscode.window.showInputBox({ title: `${nameOf(phase)}: ${outcome}`, prompt });
  if (note === undefined) {
    throw new vscode.CancellationError();
  }
  return note.trim() === "" ? undefined : note.trim();
}
