import { HopperError } from "../../core/base/errors";
import { joined } from "../../core/base/words";
import { said } from "../l10n";
import type { CommandResult } from "../../core/protocol/commands";

/** What came of doing the same to several rows: one that refuses keeps nobody from the others. */
export interface Outcome {
  /** For how many it worked. */
  readonly done: number;
  /** What those say that it worked for, as one line; empty where it worked for none. */
  readonly message: string;
  /** Why it did not work for the others; undefined where it worked for all. */
  readonly error: Error | undefined;
}

/** Does the same to several rows, one after another. */
export async function inTurn<T>(
  rows: readonly T[],
  act: (row: T) => Promise<CommandResult>,
): Promise<Outcome> {
  const results: PromiseSettledResult<CommandResult>[] = [];
  for (const row of rows) {
    results.push(...(await Promise.allSettled([act(row)])));
  }
  return outcomeOf(results);
}

/** As {@link inTurn}, all at once: what takes its time takes it once. */
export async function atOnce<T>(
  rows: readonly T[],
  act: (row: T) => Promise<CommandResult>,
): Promise<Outcome> {
  return outcomeOf(await Promise.allSettled(rows.map(act)));
}

function outcomeOf(results: readonly PromiseSettledResult<CommandResult>[]): Outcome {
  const messages = results.flatMap((result) =>
    result.status === "fulfilled" ? [said(result.value.words)] : [],
  );
  const errors = results.flatMap((result) =>
    result.status === "rejected" ? [asError(result.reason)] : [],
  );
  return { done: messages.length, message: messages.join(" "), error: together(errors) };
}

/** Several refusals as one, of the first one's kind, which knows the remedy; a bug stays what it is. */
function together(errors: readonly Error[]): Error | undefined {
  const [first] = errors;
  const refusals = errors.filter((error) => error instanceof HopperError);
  if (errors.length < 2 || refusals.length < errors.length || !(first instanceof HopperError)) {
    return errors.find((error) => !(error instanceof HopperError)) ?? first;
  }
  const messages = new Map(refusals.map(({ message, words }) => [message, words]));
  return new HopperError(first.kind, joined([...messages.values()], " "), { cause: first });
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
