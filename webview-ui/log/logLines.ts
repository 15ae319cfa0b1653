import { LineBuffer, type LogSpan } from "./lineBuffer";
import { applyRendition, type LogStyle, plain } from "./logStyle";
import { TerminalReader } from "./terminalReader";

/** So many lines are kept: the last ones. */
export const keptLines = 200;

/** A line of the log as it is drawn; it never changes, a changed line is a new object. */
export interface LogLine {
  /** Grows from line to line, and stays with a line that is overwritten. */
  readonly id: number;
  /** `notice` is what we say ourselves. */
  readonly kind: "output" | "notice";
  readonly spans: readonly LogSpan[];
  /** Characters that are not shown because the line is too long. */
  readonly leftOut: number;
}

/** Turns terminal output, in pieces split anywhere, into its last lines. */
export class LogLines {
  private readonly finished: LogLine[] = [];
  private readonly open = new LineBuffer();
  private readonly reader = new TerminalReader({
    print: (char) => this.print(char),
    control: (code) => this.control(code),
    controlSequence: (parameters, final) => this.controlSequence(parameters, final),
  });
  private style: LogStyle = plain;
  private nextId = 0;

  write(text: string): void {
    this.reader.write(text);
  }

  /** Ends what is being printed and says something between the lines. */
  notice(text: string): void {
    if (!this.open.isEmpty) {
      this.endLine();
    }
    this.reader.reset();
    this.style = plain;
    this.push({ kind: "notice", spans: [{ text, style: plain }], leftOut: 0 });
  }

  /** The last lines, the one that is being printed included. */
  lines(): LogLine[] {
    if (this.open.isEmpty) {
      return this.finished.slice(-keptLines);
    }
    const { leftOut } = this.open;
    const last: LogLine = { id: this.nextId, kind: "output", spans: this.open.spans(), leftOut };
    return [...this.finished, last].slice(-keptLines);
  }

  private print(char: string): void {
    // Nearly all text is below the first of them.
    if (char < "\u061c" || !unfit.test(char)) {
      this.open.print(char, this.style);
    } else if (char === "\u2028" || char === "\u2029") {
      this.open.print(" ", this.style);
    }
  }

  private control(code: number): void {
    const known = this.controls.get(code);
    if (known !== undefined) {
      known();
    } else if (code < 0x20 && !silent.has(code)) {
      // Its picture: a program that prints binary data shows that it does.
      this.open.print(String.fromCodePoint(0x2400 + code), this.style);
    }
  }

  private readonly controls: ReadonlyMap<number, () => void> = new Map([
    [0x08, () => this.open.backspace()],
    [0x09, () => this.open.tab()],
    [0x0a, () => this.endLine()],
    [0x0d, () => this.open.carriageReturn()],
  ]);

  private controlSequence(parameters: string, final: string): void {
    if (final === "m") {
      this.style = applyRendition(this.style, parameters);
    } else if (final === "G") {
      this.open.moveTo(Number.parseInt(parameters, 10) - 1 || 0);
    } else if (final === "K") {
      const what = eraseKinds[parameters === "" ? "0" : parameters];
      if (what !== undefined) {
        this.open.erase(what);
      }
    }
  }

  private endLine(): void {
    const { leftOut } = this.open;
    this.push({ kind: "output", spans: this.open.spans(), leftOut });
    this.open.clear();
  }

  private push(line: Omit<LogLine, "id">): void {
    this.finished.push({ ...line, id: this.nextId });
    this.nextId += 1;
    // Twice as many before the oldest go: moving them for each line would cost more than the line.
    if (this.finished.length >= 2 * keptLines) {
      this.finished.splice(0, this.finished.length - keptLines);
    }
  }
}

const eraseKinds: Readonly<Record<string, "after" | "before" | "all">> = {
  "0": "after",
  "1": "before",
  "2": "all",
};

/** NUL, bell, shift out and shift in: a terminal shows nothing for them either. */
const silent: ReadonlySet<number> = new Set([0x00, 0x07, 0x0e, 0x0f]);

/** Line separators, and what turns the direction of reading: a text could pass for another one. */
const unfit = /[\u{2028}\u{2029}\u{200e}\u{200f}\u{061c}\u{202a}-\u{202e}\u{2066}-\u{2069}]/u;
