import * as vscode from "vscode";
import { phaseList } from "../../core/protocol/words/phaseList";
import { type Capability, type CommandId, commands } from "../contributions";
import { t } from "../l10n";
import { phaseRow, phaseTooltip } from "../tree/phaseRow";
import type { QueueTree } from "../tree/queueTree";
import { escapeMarkdown } from "../tree/row";
import { phaseNodeOf } from "./nodes";
import type { PlanDocument } from "./openPlans";
import type { PlanDocuments } from "./planDocuments";
import type { PhaseMark } from "./planMarks";

/** Links by what a phase can do. Titles are made when they are shown: the language is known then. */
const links: readonly [Capability, CommandId, () => string][] = [
  ["start", commands.start, () => t("Start")],
  ["settle", commands.done, () => t("Done")],
  ["settle", commands.failed, () => t("Failed")],
  ["retry", commands.retry, () => t("Retry")],
  ["cancel", commands.cancel, () => t("Cancel")],
  ["skip", commands.skip, () => t("Skip")],
  ["log", commands.showLog, () => t("Show Log")],
  ["attempts", commands.showAttemptLog, () => t("Earlier Attempts")],
  ["error", commands.copyError, () => t("Copy Error")],
];

/** All there is to say of a phase, at its heading. */
export class PlanHovers implements vscode.HoverProvider {
  constructor(
    private readonly documents: PlanDocuments,
    private readonly tree: QueueTree,
  ) {}

  async provideHover(
    document: vscode.TextDocument,
    { line }: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const plan = await this.documents.read(document, token);
    const mark = plan?.marks.marks.find(({ written }) => written.startLine === line);
    return (
      plan && mark && new vscode.Hover(this.contentOf(plan, mark), document.lineAt(line).range)
    );
  }

  private contentOf(plan: PlanDocument, mark: PhaseMark): vscode.MarkdownString {
    const node = phaseNodeOf(plan, mark);
    if (!node) {
      return new vscode.MarkdownString(unqueued(plan, mark));
    }
    const facts = this.tree.phaseFacts(node);
    const attempts = node.queue.reader?.attempts(node.phase.queue_id) ?? [];
    const { capabilities } = phaseRow(facts);
    const shown = links.filter(([capability]) => capabilities.includes(capability));
    const argument = encodeURIComponent(JSON.stringify([node.phase.queue_id]));
    const linked = shown.map(
      ([, command, title]) => `[${title()}](command:${command}?${argument})`,
    );
    const differs = differenceInWords(mark);
    const text = new vscode.MarkdownString(
      [phaseTooltip(facts, attempts), differs, linked.join(" · ")]
        .filter((part) => part !== "")
        .join("\n\n"),
    );
    // Only these may be called from here, whatever the plan's own text says.
    text.isTrusted = { enabledCommands: shown.map(([, command]) => command) };
    return text;
  }
}

function differenceInWords({ change }: PhaseMark): string {
  switch (change) {
    case "differs":
      return t("The text here differs from the stored one, which is what is run.");
    case "moved":
      return t("The stored phase waits for other phases than the file says by its order.");
    case "added":
    case "none":
      return "";
  }
}

function unqueued({ marks }: PlanDocument, { written }: PhaseMark): string {
  const { number, title, dependsOn } = written;
  return [
    t("**Phase {0}: {1}**", number, escapeMarkdown(title)),
    dependsOn.length === 0 ? t("Depends on nothing") : t("Depends on {0}", phaseList(dependsOn)),
    marks.plan ? t("Not in the queue") : t("The plan is not enqueued."),
  ].join("  \n");
}
