import { HopperError } from "../base/errors";

/**
 * The text of a plan file. A plan that was not saved as UTF-8 is refused: decoded with replacement
 * characters it would look fine and run something else than what was written.
 */
export function decodePlan(bytes: Uint8Array): string {
  if (hasPrefix(bytes, [0xff, 0xfe]) || hasPrefix(bytes, [0xfe, 0xff])) {
    throw notUtf8("is UTF-16 text");
  }
  if (bytes.includes(0)) {
    throw notUtf8("holds NUL bytes, so it is UTF-16 text without a byte order mark or no text");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw notUtf8("holds bytes that are not UTF-8", error);
  }
}

function hasPrefix(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}

function notUtf8(complaint: string, cause?: unknown): HopperError {
  const message = `The plan ${complaint}. Save the file as UTF-8 and try again.`;
  return new HopperError("usage", message, cause === undefined ? undefined : { cause });
}
