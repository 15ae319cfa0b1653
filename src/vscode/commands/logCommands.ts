import { join } from "node:path";
import * as vscode from "vscode";
import { attemptOutcome } from "../../core/protocol/words/attemptOutcome";
import { durationBetween, localTime } from "../../core/protocol/words/duration";
import { HopperError } from "../../core/base/errors";
import type { AttemptItem } from "../../core/protocol/queue";
import { commands } from "../contributions";
import type { LogTerminals } from "../log/logTerminals";
import type { PhaseNode } from "../tree/nodes";
import { nameOf } from "../words";
import type { CommandHandler } from "./register";
import type { Targets } from "./targets";
import { t } from "../l10n";

/** Looking at the output of attempts. */
export function logCommands(targets: Targets, terminals: LogTerminals) {
  return {
    [commands.showLog]: async (...args) => {
      const node = await targets.phase(args, "log", t("Show the Log of Which Phase?"));
      const newest = attemptsOf(node).at(-1);
      if (newest) {
        terminals.show(node, newest, attemptOutputFolder(node, newest));
      }
    },
    [commands.showAttemptLog]: async (...args) => {
      const node = await targets.phase(args, "attempts", t("Show Attempts of Which Phase?"));
      const attempt = await pickAttempt(node);
      terminals.show(node, attempt, attemptOutputFolder(node, attempt));
    },
  } satisfies Partial<Record<string, CommandHandler>>;
}

function attemptsOf({ queue, phase }: PhaseNode): readonly AttemptItem[] {
  const attempts = queue.reader?.attempts(phase.queue_id) ?? [];
  if (attempts.length === 0) {
    throw new HopperError("notFound", t("{0} has not run yet.", nameOf(phase)));
  }
  return attempts;
}

/** An attempt that started no process has output only where its verify blocks were run. */
export function attemptOutputFolder({ queue, phase }: PhaseNode, attempt: AttemptItem): string {
  const folder = join(queue.attemptsFolder, phase.queue_id, String(attempt.attempt_number));
  return attempt.command.length > 0 ? folder : join(folder, "verify");
}

async function pickAttempt(node: PhaseNode): Promise<AttemptItem> {
  const items = [...attemptsOf(node)].reverse().map((attempt) => ({
    label: t("Attempt {0}", attempt.attempt_number),
    description: [attemptOutcome(attempt), durationBetween(attempt.started_at, attempt.finished_at)]
      .filter((part) => part !== undefined)
      .join(", "),
    detail: localTime(attempt.started_at),
    attempt,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: nameOf(node.phase) });
  if (!picked) {
    throw new vscode.CancellationError();
  }
  return picked.attempt;
}
