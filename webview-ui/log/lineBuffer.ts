import { type LogStyle, plain, sameStyle } from "./logStyle";

/** A piece of a line in one style. */
export interface LogSpan {
  readonly text: string;
  readonly style: LogStyle;
}

/** So many characters of a line are kept; what comes after them is counted. */
export const longestLine = 2000;
const tabWidth = 8;

/** The line that is being printed: a row of characters under a cursor that may go back. */
export class LineBuffer {
  private chars: string[] = [];
  private styles: LogStyle[] = [];
  private column = 0;
  /** How far the printing went, columns that were not kept included. */
  private length = 0;

  /** Characters that the line had beyond {@link longestLine}. */
  get leftOut(): number {
    return Math.max(0, this.length - longestLine);
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  print(char: string, style: LogStyle): void {
    if (this.column < longestLine) {
      this.fill(this.column);
      this.chars[this.column] = char;
      this.styles[this.column] = style;
    }
    this.column += 1;
    this.length = Math.max(this.length, this.column);
  }

  carriageReturn(): void {
    this.column = 0;
  }

  backspace(): void {
    this.column = Math.max(0, this.column - 1);
  }

  /** Moves to the next stop; like a terminal, it leaves what it passes over as it is. */
  tab(): void {
    this.moveTo((Math.floor(this.column / tabWidth) + 1) * tabWidth);
    this.length = Math.max(this.length, this.column);
    this.fill(Math.min(this.column, longestLine));
  }

  /** @param column from 0; a column beyond what is kept counts as the last. */
  moveTo(column: number): void {
    this.column = Math.min(Math.max(0, column), Math.max(longestLine, this.column));
  }

  /** Erases from the cursor to the end, from the start to the cursor, or everything. */
  erase(what: "after" | "before" | "all"): void {
    if (what === "before") {
      const end = Math.min(this.column + 1, this.chars.length);
      this.chars.fill(" ", 0, end);
      this.styles.fill(plain, 0, end);
      return;
    }
    const end = what === "all" ? 0 : this.column;
    this.length = Math.min(this.length, end);
    this.chars.length = Math.min(this.chars.length, end);
    this.styles.length = this.chars.length;
  }

  /** What the line looks like now: as few spans as possible. */
  spans(): LogSpan[] {
    const spans: { text: string; style: LogStyle }[] = [];
    this.chars.forEach((char, index) => {
      const style = this.styles[index] ?? plain;
      const last = spans.at(-1);
      if (last !== undefined && sameStyle(last.style, style)) {
        last.text += char;
      } else {
        spans.push({ text: char, style });
      }
    });
    return spans;
  }

  clear(): void {
    this.chars = [];
    this.styles = [];
    this.column = 0;
    this.length = 0;
  }

  /** Blanks up to a column that the cursor jumped to. */
  private fill(column: number): void {
    while (this.chars.length < column) {
      this.chars.push(" ");
      this.styles.push(plain);
    }
  }
}
