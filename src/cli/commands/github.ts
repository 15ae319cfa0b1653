import { HopperError } from "../../core/base/errors";
import { repositoryOfFolder } from "../../core/github/gitRemote";
import { hostOfApi, parseRepository, refuseOtherHost } from "../../core/github/repository";
import type { OutboxEntry } from "../../core/github/terms";
import type { MirrorSettings } from "../../core/protocol/mirrors";
import { commentStyles, creationTimes } from "../../core/protocol/terms";
import type { PlanItem } from "../../core/protocol/queue";
import { cleanLines, cleanText } from "../../core/protocol/words/cleanText";
import { phaseList } from "../../core/protocol/words/phaseList";
import type { PreviewedThing } from "../../core/queue/mirrorPreview";
import type { QueueReader } from "../../core/queue/queueReader";
import type { Context } from "../context";
import { type ExitCode, exitCodes } from "../exitCodes";
import { apiUrlOf } from "../github/access";
import { finish } from "../github/finish";
import { findPlan } from "../queue/ids";
import { noQueue, reading } from "../queue/reading";
import { type CommandAccess, withCommands } from "../queue/withCommands";
import { sayDone } from "./phaseCommands";

/** Shows what would be written to GitHub, and writes nothing. */
export async function preview(context: Context, id = ""): Promise<ExitCode> {
  return reading(context, async (queue) => {
    const { plan_id: planId } = findPlan(context, queue, id);
    const settings =
      queue.mirror(planId) ?? (await settingsOf(context, context.options.number("parentIssue")));
    const found = queue.mirrorPreview(planId, settings);
    if (context.json) {
      context.printer.json({ repository: nameOf(settings), ...found });
      return exitCodes.completed;
    }
    const { parentIssue, things = [], later = [] } = found ?? {};
    const parent = parentIssue === undefined ? "" : `, below #${parentIssue}`;
    context.printer.line(`Would be written to ${nameOf(settings)}${parent}:`);
    for (const thing of things) {
      context.printer.line(`\n${thingLines(thing).join("\n")}`);
    }
    if (later.length > 0) {
      context.printer.line(`\nLater, when they are ready: ${phaseList(later)}.`);
    }
    return exitCodes.completed;
  });
}

/** Creates a plan's issues, or goes on with a mirror that was stopped. */
export async function create(context: Context, id: string | undefined): Promise<ExitCode> {
  return start(context, id, await settingsOf(context));
}

/** As {@link create}, below an issue that is there already. */
export async function link(context: Context, id?: string, issue = ""): Promise<ExitCode> {
  const number = /^#?([1-9]\d{0,8})$/.exec(issue)?.[1];
  if (number === undefined) {
    throw new HopperError("usage", `"${issue}" is no issue number.`);
  }
  return start(context, id, await settingsOf(context, Number(number)));
}

/** Shows how far mirrored plans are written, and what keeps the rest. */
export function status(context: Context, id?: string): Promise<ExitCode> {
  return reading(context, (queue) => {
    const plans = id === undefined ? queue.plans() : [findPlan(context, queue, id)];
    const mirrored = plans.flatMap((plan) => {
      const settings = queue.mirror(plan.plan_id);
      return settings ? [{ plan, settings, entries: queue.mirrorEntries(plan.plan_id) }] : [];
    });
    if (context.json) {
      context.printer.json({
        mirrors: mirrored.map(({ plan, settings, entries }) => ({
          plan_id: plan.plan_id,
          repository: nameOf(settings),
          entries,
        })),
      });
      return exitCodes.completed;
    }
    if (mirrored.length === 0) {
      context.printer.line("Nothing is mirrored to GitHub.");
    }
    for (const { plan, settings, entries } of mirrored) {
      const url = parentUrl(queue, plan.plan_id) ?? "";
      const name = `Plan ${plan.plan_number}  ${cleanText(plan.title)}  ${nameOf(settings)}`;
      context.printer.line(`${name}  ${url}`.trimEnd());
      context.printer.line(entryLines(entries).join("\n"));
    }
    return exitCodes.completed;
  });
}

/** Writes now what is to be written. */
export function sync(context: Context): Promise<ExitCode> {
  return withQueue(context, async (access) => {
    const { message } = await access.commands.syncMirrors();
    return said(context, access, message);
  });
}

export function stop(context: Context, id = ""): Promise<ExitCode> {
  return withQueue(context, async ({ commands, queue }) => {
    const { message } = await commands.stopMirror(findPlan(context, queue, id).plan_id);
    return sayDone(context, message);
  });
}

function start(context: Context, id = "", settings: MirrorSettings): Promise<ExitCode> {
  return withQueue(context, async (access) => {
    const plan = findPlan(context, access.queue, id);
    const { message } = await access.commands.startMirror(plan.plan_id, settings);
    return said(context, access, message, plan);
  });
}

function withQueue(
  context: Context,
  work: (access: CommandAccess) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (!context.workspace.exists) {
    throw noQueue(context);
  }
  return withCommands(context, work);
}

/** Says what was done; the owner itself waits until it is written, and says where it is. */
async function said(
  context: Context,
  { queue, hopper }: CommandAccess,
  message: string,
  plan?: PlanItem,
): Promise<ExitCode> {
  if (!hopper) {
    return sayDone(context, message, "The queue's owner writes it, with its own sign-in.");
  }
  await finish(context, hopper);
  const url = plan && parentUrl(queue, plan.plan_id);
  return sayDone(context, message, url);
}

function parentUrl(queue: QueueReader, planId: string): string | undefined {
  const number = queue.plan(planId)?.parent_issue ?? 0;
  return number === 0 ? undefined : queue.issueUrl(planId, number);
}

/** @throws HopperError `usage` where the repository cannot be told. */
async function settingsOf(context: Context, parentIssue?: number): Promise<MirrorSettings> {
  const { options, workspace } = context;
  const apiUrl = apiUrlOf(context);
  const host = hostOfApi(apiUrl);
  const named = options.text("repo");
  const repository =
    named === undefined
      ? await repositoryOfFolder(workspace.path, host)
      : parseRepository(named, host);
  refuseOtherHost(repository, host, "GITHUB_API_URL names the server.");
  return {
    apiUrl,
    owner: repository.owner,
    name: repository.name,
    creates: creationTimes.find((time) => time === options.text("issues")) ?? "ready",
    comments: commentStyles.find((style) => style === options.text("comments")) ?? "living",
    closes: !options.flag("keepOpen"),
    labels: (options.text("labels") ?? "phase-hopper")
      .split(",")
      .map((label) => label.trim())
      .filter((label) => label !== ""),
    ...(parentIssue !== undefined && { parentIssue }),
  };
}

/** How many things are written, and each that is a person's to mend. */
function entryLines(entries: readonly OutboxEntry[]): string[] {
  const written = entries.filter(
    ({ state, version, writtenVersion }) => state === "made" && writtenVersion >= version,
  );
  const waiting = entries.filter((entry) => !written.includes(entry) && entry.state !== "failed");
  const troubled = entries.filter(({ problem }) => problem !== undefined);
  return [
    `  ${written.length} of ${entries.length} things written, ${waiting.length} to be written`,
    ...troubled.map((entry) => {
      const what = entry.issueNumber === undefined ? entry.kind : `#${entry.issueNumber}`;
      return `  ${entry.state === "made" ? "told" : entry.state}  ${what}  ${cleanText(entry.problem ?? "")}`;
    }),
  ];
}

function nameOf({ owner, name }: MirrorSettings): string {
  return `${owner}/${name}`;
}

function thingLines({ kind, title, labels = [], body }: PreviewedThing): string[] {
  const what = title === undefined ? "Comment" : `Issue: ${cleanText(title)}`;
  const marks = labels.length === 0 ? "" : ` [${labels.map(cleanText).join(", ")}]`;
  const name = kind === "status" ? "Comment, edited in place" : `${what}${marks}`;
  return [`── ${name}`, ...cleanLines(body)];
}
