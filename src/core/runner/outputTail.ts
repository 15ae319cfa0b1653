import { closeSync, readSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { verifyMarkerStart } from "./attemptSpec";
import { outputPath } from "./outputFile";
import { openRegularFile } from "./regularFile";

const tailSize = 4096;
const longest = 200;

/** Control characters that remain when a terminal's sequences are gone. */
const controls = /\p{Cc}+/gu;

/**
 * The last line of the output that says something, fit for a message; empty when there is none.
 *
 * @param events the output is a stream of JSON events, which say nothing to a person.
 */
export function lastLine(folder: string, events: boolean): string {
  const lines = readTail(folder)
    .split("\n")
    .map((line) => stripVTControlCharacters(line).replaceAll(controls, " ").trim())
    .filter((line) => line !== "" && !line.startsWith(verifyMarkerStart))
    .filter((line) => !events || !/^[{"[]/.test(line));
  const line = lines.at(-1) ?? "";
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

function readTail(folder: string): string {
  try {
    const file = openRegularFile(outputPath(folder));
    if (file === undefined) {
      return "";
    }
    const { descriptor, size } = file;
    try {
      const tail = Buffer.alloc(Math.min(size, tailSize));
      const length = readSync(descriptor, tail, 0, tail.length, Math.max(0, size - tail.length));
      return tail.subarray(0, length).toString("utf8");
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return "";
  }
}
