import { HopperError } from "../base/errors";
import { type Words, words } from "../base/words";

/**
 * The text of a plan file. A plan that was not saved as UTF-8 is refused: decoded with replacement
 * characters it would look fine and run something else than what was written.
 */
export function decodePlan(bytes: Uint8Array): string {
  if (hasPrefix(bytes, [0xff, 0xfe]) || hasPrefix(bytes, [0xfe, 0xff])) {
    throw notUtf8(words`The plan is UTF-16 text. Save the file as UTF-8 and try again.`);
  }
  if (bytes.includes(0)) {
    throw notUtf8(
      words`The plan holds NUL bytes, so it is UTF-16 text without a byte order mark or no text. Save the file as UTF-8 and try again.`,
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw notUtf8(
      words`The plan holds bytes that are not UTF-8. Save the file as UTF-8 and try again.`,
      error,
    );
  }
}

function hasPrefix(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}

function notUtf8(message: Words, cause?: unknown): HopperError {
  return new HopperError("usage", message, cause === undefined ? undefined : { cause });
}
