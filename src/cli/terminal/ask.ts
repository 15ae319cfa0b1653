import { createInterface } from "node:readline";
import type { Terminal } from "./terminal";

/**
 * Asks for a line until one is understood; undefined when the person pressed Ctrl-C or Ctrl-D
 * instead. One reader for all tries, so that what is typed ahead is not lost.
 */
export function ask<T>(
  { stdin, stdout }: Terminal,
  question: string,
  understand: (line: string) => T | undefined,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: stdin, output: stdout, terminal: true });
    let answer: T | undefined;
    lines.setPrompt(question);
    lines.on("line", (line) => {
      answer ??= understand(line.trim());
      if (answer === undefined) {
        lines.prompt();
      } else {
        lines.close();
      }
    });
    lines.on("SIGINT", () => lines.close());
    lines.on("close", () => {
      if (answer === undefined) {
        stdout.write("\n");
      }
      resolve(answer);
    });
    lines.prompt();
  });
}

/** Asks until one of the words, or its first letter, is typed; undefined as with {@link ask}. */
export function askChoice<T extends string>(
  terminal: Terminal,
  question: string,
  words: readonly T[],
): Promise<T | undefined> {
  return ask(terminal, question, (line) => {
    const given = line.toLowerCase();
    return words.find((word) => given !== "" && (given === word || given === word.charAt(0)));
  });
}
