import { createInterface } from "node:readline";
import type { Terminal } from "./terminal";

/** Asks for a line; undefined when the person pressed Ctrl-C or Ctrl-D instead. */
export function askLine(
  { stdin, stdout }: Terminal,
  question: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: stdin, output: stdout, terminal: true });
    let answer: string | undefined;
    lines.on("close", () => {
      if (answer === undefined) {
        stdout.write("\n");
      }
      resolve(answer);
    });
    lines.on("SIGINT", () => lines.close());
    lines.question(question, (line) => {
      answer = line.trim();
      lines.close();
    });
  });
}

export interface Choice<T> {
  /** What may be typed, in lower case; the first letter does as well. */
  readonly word: string;
  readonly value: T;
}

/** Asks until one of the choices is made; undefined as with {@link askLine}. */
export async function askChoice<T>(
  terminal: Terminal,
  question: string,
  choices: readonly Choice<T>[],
): Promise<T | undefined> {
  for (;;) {
    const line = await askLine(terminal, question);
    if (line === undefined) {
      return undefined;
    }
    const given = line.toLowerCase();
    const chosen = choices.find(
      ({ word }) => given !== "" && (given === word || given === word.charAt(0)),
    );
    if (chosen) {
      return chosen.value;
    }
  }
}
