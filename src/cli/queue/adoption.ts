import { HopperError } from "../../core/base/errors";
import type { Hopper } from "../../core/hopper";
import { foreignError } from "../../core/ownership/foreignError";
import type { QueueReader } from "../../core/queue/queueReader";
import type { Context } from "../context";
import { ask } from "../terminal/ask";
import { cleanText } from "../../core/protocol/words/cleanText";
import { renderLine, span, wrapLine } from "../terminal/line";
import { localTime } from "../../core/protocol/words/duration";
import { commandToType } from "../words/commandToType";
import { isForeign } from "./foreign";
import { openOwner } from "./openOwner";
import { reading } from "./reading";
import type { RunnerSettings } from "./runnerSettings";

/** What is to be done about a queue's origin before it is opened. */
export type Adoption =
  /** It is this user's, or the command line says `--adopt`. */
  | "notAsked"
  /** It is foreign, and the person at the terminal wants it. */
  | "adopt"
  /** It is foreign, and shall stay so. */
  | "leave";

/**
 * Asks the person at the terminal whether a foreign queue shall be theirs.
 *
 * @throws HopperError `foreign` when there is nobody to ask.
 */
export async function decideOnAdoption(context: Context, queue: QueueReader): Promise<Adoption> {
  const { options, terminal, json, printer, workspace } = context;
  if (options.flag("adopt") || !isForeign(queue)) {
    return "notAsked";
  }
  if (!terminal.canAsk || json) {
    throw foreignError(workspace.hopperFolder, commandToType(context, "list"));
  }
  const text = [
    `The queue in ${cleanText(workspace.hopperFolder)} was not made by you on this machine: it ` +
      "came with the folder.",
    ...contentsInWords(queue),
    "Adopting makes it yours: what it has stored can then be run, with your rights, and what was " +
      `running in it counts as interrupted. \`${commandToType(context, "list")}\` and ` +
      `\`${commandToType(context, "show", "ID")}\` tell what that is.`,
  ];
  for (const line of text.flatMap((sentence) => wrapLine([span(sentence)], terminal.columns))) {
    printer.line(renderLine(line, terminal.palette));
  }
  const answer = await ask(terminal, "Adopt this queue? (y/N): ", (line) => {
    const given = line.toLowerCase();
    return given === "y" || given === "yes"
      ? "adopt"
      : given === "" || given === "n" || given === "no"
        ? "leave"
        : undefined;
  });
  return answer ?? "leave";
}

/**
 * Opens the queue as its owner; a foreign one that nobody was asked about yet, after asking.
 *
 * @returns "leave" where the answer was no.
 */
export async function openAdopted(
  context: Context,
  settings: RunnerSettings,
  adoption: Adoption,
  options: { readonly repair?: boolean } = {},
): Promise<Hopper | "leave"> {
  if (adoption === "leave") {
    return "leave";
  }
  if (adoption === "adopt") {
    return openOwner(context, settings, { ...options, adopt: true });
  }
  try {
    return await openOwner(context, settings, options);
  } catch (error) {
    if (!(error instanceof HopperError && error.kind === "foreign")) {
      throw error;
    }
  }
  const asked = await reading(context, (queue) => decideOnAdoption(context, queue));
  return asked === "leave"
    ? "leave"
    : openOwner(context, settings, { ...options, ...(asked === "adopt" && { adopt: true }) });
}

/** How much a queue holds, and where its newest plan was read: as far as can be told where it is from. */
function contentsInWords(queue: QueueReader): string[] {
  const plans = queue.plans();
  const newest = plans.at(-1);
  if (!newest) {
    return ["It holds no plans."];
  }
  const phases = [...queue.counts().values()].reduce((sum, count) => sum + count, 0);
  const source = newest.source_path === undefined ? "" : ` from ${cleanText(newest.source_path)}`;
  return [
    `It holds ${plans.length === 1 ? "1 plan" : `${plans.length} plans`} with ` +
      `${phases === 1 ? "1 phase" : `${phases} phases`}; the newest was enqueued on ` +
      `${localTime(newest.created_at)}${source}.`,
  ];
}
