import { HopperError } from "../../core/base/errors";
import type { AttemptItem } from "../../core/protocol/queue";
import type { QueueReader } from "../../core/queue/queueReader";
import { isAtItsEnd } from "../../core/runner/attemptEnd";
import { attemptFolder, outputFolder } from "../../core/runner/attemptFolder";
import { followOutput, type OutputChunk } from "../../core/runner/outputLog";
import type { Context } from "../context";
import { type ExitCode, exitCodes } from "../exitCodes";
import { findPhase } from "../queue/ids";
import { reading } from "../queue/reading";
import { phaseId } from "../../core/protocol/words/names";

/** Prints what an attempt has printed, byte by byte; with `--follow` until the attempt ends. */
export async function log(context: Context, id: string | undefined): Promise<ExitCode> {
  const attempt = await reading(context, (queue) => findAttempt(context, queue, id));
  const { hopperFolder } = context.workspace;
  const folder = outputFolder(attemptFolder(hopperFolder, attempt));
  const isOver = context.options.flag("follow")
    ? () => isAtItsEnd(hopperFolder, attempt)
    : () => true;
  const { clock, printer } = context;
  const print = context.json ? jsonPrinter(context, attempt) : rawPrinter(context);
  for await (const chunk of followOutput(folder, { clock, signal: printer.closed, isOver })) {
    await print(chunk);
  }
  return exitCodes.completed;
}

function findAttempt(context: Context, queue: QueueReader, id: string | undefined): AttemptItem {
  const phase = findPhase(context, queue, id);
  const attempts = queue.attempts(phase.queue_id);
  const wanted = context.options.number("attempt");
  const found =
    wanted === undefined
      ? attempts.at(-1)
      : attempts.find(({ attempt_number }) => attempt_number === wanted);
  if (found) {
    return found;
  }
  const name = `Phase ${phaseId(phase)}`;
  throw new HopperError(
    "notFound",
    wanted === undefined || attempts.length === 0
      ? `${name} has not been started yet: it is ${phase.status}.`
      : `${name} has no attempt ${wanted}: it has ${attempts.length}.`,
  );
}

type PrintChunk = (chunk: OutputChunk) => Promise<void>;

function rawPrinter({ printer }: Context): PrintChunk {
  return async ({ bytes, gap }) => {
    if (gap) {
      printer.note(`[${gap.to - gap.from} bytes are no longer kept here]`);
    }
    await printer.bytes(bytes);
  };
}

/** Lines of JSON; a character cut in two by the end of a chunk comes with the next one. */
function jsonPrinter({ printer }: Context, attempt: AttemptItem): PrintChunk {
  const decoder = new TextDecoder();
  const { queue_id, attempt_number } = attempt;
  return async ({ bytes, offset, gap }) => {
    const text = decoder.decode(bytes, { stream: true });
    printer.json({ queue_id, attempt_number, offset, ...(gap && { gap }), text });
    await printer.bytes(new Uint8Array());
  };
}
