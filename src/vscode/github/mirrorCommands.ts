import * as vscode from "vscode";
import { HopperError } from "../../core/base/errors";
import { repositoryOfFolder } from "../../core/github/gitRemote";
import {
  hostOfApi,
  issueUrl,
  parseApiUrl,
  parseRepository,
  refuseOtherHost,
} from "../../core/github/repository";
import type { MirrorSettings } from "../../core/protocol/mirrors";
import { phaseList } from "../../core/protocol/words/phaseList";
import type { PreviewedThing } from "../../core/queue/mirrorPreview";
import { commands } from "../contributions";
import { asLabel } from "../foreignText";
import type { CommandHandler } from "../commands/register";
import type { Targets } from "../commands/targets";
import type { WorkspaceQueues } from "../queues/workspaceQueues";
import type { Services } from "../services";
import { type PlanNode, planNodes } from "../tree/nodes";
import type { IssuePreviews } from "./issuePreviews";
import { said, t } from "../l10n";

/** What can be done about GitHub, from the tree and from the palette. */
export function mirrorCommands(
  targets: Targets,
  queues: WorkspaceQueues,
  services: Services,
  previews: IssuePreviews,
) {
  const start = async (node: PlanNode, parentIssue?: number): Promise<void> => {
    const settings = await settingsOf(node, services, parentIssue);
    await services.signIn.ask(settings);
    const hopper = await node.queue.commands();
    const { words } = await hopper.startMirror(node.plan.plan_id, settings);
    vscode.window.setStatusBarMessage(asLabel(said(words)), 6000);
  };
  const planOf = (args: readonly unknown[], title: string) =>
    pickPlan(targets, queues, args, title);
  return {
    [commands.createIssues]: async (...args) => {
      await start(await planOf(args, t("Create Issues for Which Plan?")));
    },
    [commands.linkParentIssue]: async (...args) => {
      const node = await planOf(args, t("Link Which Plan to an Issue?"));
      await start(node, await askIssueNumber(node));
    },
    [commands.previewIssues]: async (...args) => {
      const node = await planOf(args, t("Preview the Issues of Which Plan?"));
      await previews.show(
        t("GitHub issues of {0}", node.plan.title),
        await previewText(node, services),
      );
    },
    [commands.openIssue]: async (...args) => {
      const [row] = targets.rows(args);
      const node =
        row?.kind === "phase" ? row : await planOf(args, t("Open the Issue of Which Plan?"));
      const number = node.kind === "phase" ? node.phase.issue_number : undefined;
      const issue = number ?? node.plan.parent_issue;
      if (issue === 0) {
        throw new HopperError("notFound", t('"{0}" has no issue on GitHub.', node.plan.title));
      }
      const url =
        node.queue.reader?.issueUrl(node.plan.plan_id, issue) ??
        (await addressOf(issue, node, services));
      await vscode.env.openExternal(vscode.Uri.parse(url));
    },
    [commands.syncIssues]: async (...args) => {
      const queue = await targets.queue(args, ({ reader }) => reader !== undefined);
      if (!queue) {
        return;
      }
      const mirrors = planNodes(queue).map(({ plan }) => queue.reader?.mirror(plan.plan_id));
      const mirror = mirrors.find((settings) => settings !== undefined);
      if (mirror) {
        await services.signIn.ask(mirror);
      }
      const { words } = await (await queue.commands()).syncMirrors();
      vscode.window.setStatusBarMessage(asLabel(said(words)), 6000);
    },
    [commands.stopMirroring]: async (...args) => {
      const { queue, plan } = await planOf(args, t("Stop Mirroring Which Plan?"));
      const { words } = await (await queue.commands()).stopMirror(plan.plan_id);
      vscode.window.setStatusBarMessage(asLabel(said(words)), 6000);
    },
  } satisfies Partial<Record<string, CommandHandler>>;
}

/** The plan of the row, the only one, or the one the user picks. */
async function pickPlan(
  targets: Targets,
  queues: WorkspaceQueues,
  args: readonly unknown[],
  title: string,
): Promise<PlanNode> {
  const [row] = targets.rows(args);
  if (row && row.kind !== "folder") {
    return { kind: "plan", queue: row.queue, plan: row.plan };
  }
  const nodes = queues.all.flatMap(planNodes);
  const [only] = nodes;
  if (!only) {
    throw new HopperError("conflict", t("Nothing is enqueued."));
  }
  if (nodes.length === 1) {
    return only;
  }
  const items = nodes.map((node) => ({
    label: asLabel(node.plan.title),
    description: t("Plan {0}", node.plan.plan_number),
    node,
  }));
  const picked = await vscode.window.showQuickPick(items, { title });
  if (!picked) {
    throw new vscode.CancellationError();
  }
  return picked.node;
}

async function askIssueNumber({ plan }: PlanNode): Promise<number> {
  const text = await vscode.window.showInputBox({
    title: t('Parent Issue of "{0}"', plan.title),
    prompt: t("The number of an issue; its text is left as it is."),
    validateInput: (value) =>
      /^#?[1-9]\d{0,8}$/.test(value.trim()) ? undefined : t("The number of an issue, such as 42."),
  });
  if (text === undefined) {
    throw new vscode.CancellationError();
  }
  return Number(text.trim().replace("#", ""));
}

/** @throws HopperError `usage` where the server or the repository cannot be told. */
async function settingsOf(
  { queue }: PlanNode,
  { configuration, signIn }: Services,
  parentIssue?: number,
): Promise<MirrorSettings> {
  const { repository, ...settings } = configuration.github(queue.folder.uri);
  const apiUrl = parseApiUrl(signIn.apiUrl());
  const host = hostOfApi(apiUrl);
  const found =
    repository === ""
      ? await repositoryOfFolder(queue.path, host)
      : parseRepository(repository, host);
  refuseOtherHost(found, host, t("the setting phaseHopper.github.apiUrl names the server."));
  const { owner, name } = found;
  return { apiUrl, owner, name, ...settings, ...(parentIssue !== undefined && { parentIssue }) };
}

/** The address of an issue of a plan that was never mirrored: it was named when that was enqueued. */
async function addressOf(
  issue: number,
  { queue, plan }: Pick<PlanNode, "queue" | "plan">,
  services: Services,
): Promise<string> {
  const settings = await settingsOf({ kind: "plan", queue, plan }, services);
  return issueUrl(settings.apiUrl, settings, issue);
}

async function previewText(node: PlanNode, services: Services): Promise<string> {
  const { queue, plan } = node;
  const settings = queue.reader?.mirror(plan.plan_id) ?? (await settingsOf(node, services));
  const preview = queue.reader?.mirrorPreview(plan.plan_id, settings);
  const { things = [], later = [], parentIssue } = preview ?? {};
  const where = `${settings.owner}/${settings.name}`;
  const heading =
    parentIssue === undefined
      ? t("Would be written to {0}. Nothing was written.", where)
      : t("Would be written to {0}, below #{1}. Nothing was written.", where, parentIssue);
  return [
    `> ${heading}`,
    ...things.map(previewedText),
    ...(later.length > 0 ? [`> ${t("Later, when they are ready: {0}.", phaseList(later))}`] : []),
  ].join("\n\n");
}

function previewedText({ title, labels = [], body }: PreviewedThing): string {
  const marks = labels.length === 0 ? "" : `\n\n> ${t("Labels: {0}", labels.join(", "))}`;
  return `# ${title ?? t("Comment, edited in place")}${marks}\n\n${body}`;
}
