import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";

/**
 * Calls `onLine` for each whole line of a stream; what comes after the last newline is dropped. A
 * process that could not be started for want of descriptors has no streams.
 */
export function readLines(
  stream: Readable | null | undefined,
  onLine: (line: string) => void,
): void {
  if (!stream) {
    return;
  }
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = (lines.pop() ?? "").slice(-longestLine);
    lines.forEach(onLine);
  });
  stream.on("error", () => undefined);
}

const longestLine = 64 * 1024;

/** Lets the process end although this pipe is open. */
export function unref(stream: Readable | Writable | null | undefined): void {
  if (stream instanceof Socket) {
    stream.unref();
  }
}
