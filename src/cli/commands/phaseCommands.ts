import { delay } from "../../core/base/clock";
import { HopperError } from "../../core/base/errors";
import type { CommandResult, HopperCommands } from "../../core/protocol/commands";
import type { PhaseQueueItem } from "../../core/protocol/queue";
import type { Context } from "../context";
import { type ExitCode, exitCodes } from "../exitCodes";
import { findPhase } from "../queue/ids";
import { whoGoesOn } from "../queue/owner";
import { noQueue } from "../queue/reading";
import { type CommandAccess, withCommands } from "../queue/withCommands";
import { commandToType } from "../words/commandToType";
import { phaseId } from "../../core/protocol/words/names";

/** What each command asks of the queue, and what a person shall know about what comes next. */
const commands: Readonly<Record<PhaseCommandName, PhaseCommand>> = {
  start: {
    carryOut: ({ commands }, { queue_id }) => commands.start(queue_id),
    hint: (phase, access, context) => (access.hopper ? awaitStart(access, phase, context) : ""),
  },
  retry: {
    carryOut: ({ commands }, { queue_id }) => commands.retry(queue_id),
    hint: goesOn,
  },
  cancel: {
    carryOut: ({ commands }, { queue_id }) => commands.cancel(queue_id),
    hint: (phase, _access, context) =>
      `\`${commandToType(context, "retry", phaseId(phase))}\` makes it ready again, \`skip\` counts ` +
      "it as completed.",
  },
  skip: { carryOut: ({ commands }, { queue_id }) => commands.skip(queue_id), hint: goesOn },
  dropDependencies: {
    carryOut: ({ commands }, { queue_id }) => commands.dropDependencies(queue_id),
    hint: goesOn,
  },
  done: {
    carryOut: ({ commands }, { queue_id }, note) => commands.complete(queue_id, note),
    hint: goesOn,
  },
  fail: {
    carryOut: ({ commands }, { queue_id }, note) => commands.fail(queue_id, note),
    hint: (phase, _access, context) =>
      `\`${commandToType(context, "retry", phaseId(phase))}\` makes it ready again.`,
  },
};

export type PhaseCommandName =
  "start" | "retry" | "cancel" | "skip" | "dropDependencies" | "done" | "fail";

interface PhaseCommand {
  readonly carryOut: (
    access: { readonly commands: HopperCommands },
    phase: PhaseQueueItem,
    note: string | undefined,
  ) => Promise<CommandResult>;
  /** Added to the answer: how it goes on from there. */
  readonly hint: (
    phase: PhaseQueueItem,
    access: CommandAccess,
    context: Context,
  ) => string | Promise<string>;
}

/** Carries out one of the commands that change a phase. */
export async function phaseCommand(
  name: PhaseCommandName,
  context: Context,
  id: string | undefined,
): Promise<ExitCode> {
  if (!context.workspace.exists) {
    throw noQueue(context);
  }
  return withCommands(context, async (access) => {
    const { carryOut, hint } = commands[name];
    const phase = findPhase(context, access.queue, id);
    const { message } = await carryOut(access, phase, context.options.text("note"));
    return sayDone(context, message, await hint(phase, access, context));
  });
}

function goesOn({ plan_id }: PhaseQueueItem, access: CommandAccess, context: Context): string {
  return whoGoesOn(context, access, plan_id);
}

/** Answers a command in the one shape that all of them have. */
export function sayDone({ json, printer }: Context, message: string, hint = ""): ExitCode {
  if (json) {
    printer.json({ success: true, message: `${message} ${hint}`.trim() });
  } else {
    printer.line(`${message} ${hint}`.trim());
  }
  return exitCodes.completed;
}

/** How long a wrapper may take to come up before the attempt is left to the next owner. */
const startTime = 10_000;

/**
 * Waits until the attempt's own process has it: it goes on alone then, and this process, with the
 * launcher it holds, can end.
 */
async function awaitStart(
  { queue }: CommandAccess,
  phase: PhaseQueueItem,
  context: Context,
): Promise<string> {
  const { clock } = context;
  const run = commandToType(context, "run");
  const begin = clock.monotonic();
  while (queue.attempts(phase.queue_id).at(-1)?.state === "starting") {
    if (clock.monotonic() - begin > startTime) {
      throw new HopperError(
        "unavailable",
        `The phase is claimed, but its process has not come up yet: \`${run}\` tries on.`,
      );
    }
    await delay(clock, 10);
  }
  return queue.state(phase.queue_id)?.status === "running"
    ? `It goes on by itself; \`${run}\` goes on with what comes after it.`
    : `\`${commandToType(context, "show", phaseId(phase))}\` says how it ended.`;
}
