import { english, said, type Text } from "./words";

/**
 * The kinds of expected problems. Each host maps a kind once: the command line to an exit code, the
 * API to a status code, the editor to a message. Everything else that is thrown is a bug.
 */
export type ErrorKind =
  /** The request makes no sense: a bad argument, an unknown runner, a bad configuration file. */
  | "usage"
  /** The plan has errors; `problems` on InvalidPlanError lists them. */
  | "invalidPlan"
  /** No such plan, phase, attempt or file. */
  | "notFound"
  /** The thing exists but its state does not allow this. */
  | "conflict"
  /** Another process owns this workspace's queue. */
  | "owned"
  /** The database was not made by this user on this machine, and nobody has adopted it yet. */
  | "foreign"
  /** The queue's files are damaged in a way that must not be repaired silently. */
  | "damaged"
  /** The disk is full, read-only, or otherwise refuses to store. */
  | "storage"
  /** The database was written by a newer version of Phase Hopper. */
  | "newerVersion"
  /** A process or socket that is needed does not answer. */
  | "unavailable";

/**
 * An expected problem: its message is fit for the user, and says what, where, and the remedy. The message is
 * English, as logs and other programs have it; `words` say the same in the user's language.
 */
export class HopperError extends Error {
  override readonly name: string = "HopperError";

  constructor(
    readonly kind: ErrorKind,
    readonly words: Text,
    options?: ErrorOptions,
  ) {
    super(english(words), options);
  }
}

/** The message of anything that was thrown, on one line. */
export function errorMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return onOneLine(text);
}

/** As {@link errorMessage}, to be said in the user's language as far as it is ours. */
export function errorWords(error: unknown): Text {
  return error instanceof HopperError ? error.words : errorMessage(error);
}

/** As {@link errorMessage}, in the user's language. */
export function errorInWords(error: unknown): string {
  return onOneLine(said(errorWords(error)));
}

/**
 * The lines of a text in one. Not by a pattern with blanks on both sides of a line feed: those of a long
 * row of blanks are counted anew from each of them.
 */
export function onOneLine(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");
}

/** The system's code of a failed file or socket operation (`ENOENT`, `ENOSPC`, …), if it has one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}
