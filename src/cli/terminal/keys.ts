import type { ReadStream } from "node:tty";
import type { Disposable } from "../../core/base/lifecycle";

/** A key that was pressed: a printable text, or one of these. */
export type Key =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "enter" | "escape" | "backspace" | "interrupt" | "suspend" | "redraw" };

/** Reads single keys from a terminal, without showing them, until disposed. */
export function readKeys(stdin: ReadStream, onKey: (key: Key) => void): Disposable {
  const onData = (data: string): void => {
    for (const key of parseKeys(data)) {
      onKey(key);
    }
  };
  stdin.setEncoding("utf8");
  stdin.setRawMode(true);
  stdin.on("data", onData);
  stdin.resume();
  return {
    dispose() {
      stdin.off("data", onData);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}

const named: Readonly<Record<string, Exclude<Key["kind"], "text">>> = {
  "\r": "enter",
  "\n": "enter",
  "\u{1b}": "escape",
  "\u{7f}": "backspace",
  "\b": "backspace",
  "\u{3}": "interrupt",
  "\u{1a}": "suspend",
  "\u{c}": "redraw",
};

/** Sequences of function and arrow keys; nothing here is done with them. */
const sequences = new RegExp(String.raw`\u{1b}(?:\[[0-9;?<>]*[ -/]*[@-~]|O.|[^\[O])`, "gu");

export function parseKeys(data: string): Key[] {
  return Array.from(data.replaceAll(sequences, "")).flatMap((character): Key[] => {
    const kind = named[character];
    if (kind !== undefined) {
      return [{ kind }];
    }
    return /\p{Cc}/u.test(character) ? [] : [{ kind: "text", text: character }];
  });
}
