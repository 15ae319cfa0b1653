import type { WriteStream } from "node:tty";
import { type Line, lineWidth, renderLine } from "./line";
import type { Palette } from "./palette";

const escape = {
  hideCursor: "\u{1b}[?25l",
  showCursor: "\u{1b}[?25h",
  /** Terminals that know it show what is between at once; the others ignore it. */
  beginUpdate: "\u{1b}[?2026h",
  endUpdate: "\u{1b}[?2026l",
  clearLine: "\u{1b}[K",
  clearBelow: "\u{1b}[J",
  up: (rows: number) => (rows > 0 ? `\u{1b}[${rows}A` : ""),
};

/**
 * A few lines at the end of a terminal that are drawn over again and again, while what was printed
 * before them stays. Lines are written over, never cleared first, so that nothing flickers.
 */
export class Screen {
  private shown: readonly Line[] = [];
  private shownText = "";
  /** The width the lines were cut off at. */
  private shownWidth = 0;
  private isOpen = true;
  private readonly restore = (): void => this.close();

  constructor(
    private readonly stdout: WriteStream,
    private readonly palette: Palette,
  ) {
    stdout.write(escape.hideCursor);
    process.on("exit", this.restore);
  }

  /** The last column stays free: what ends there wraps on some terminals and not on others. */
  get width(): number {
    return Math.max(10, (this.stdout.columns || 80) - 1);
  }

  /** The first row stays free, so that a frame never scrolls what it is drawn over. */
  get height(): number {
    return Math.max(3, (this.stdout.rows || 24) - 1);
  }

  draw(lines: readonly Line[]): void {
    const text = lines
      .map((line) => renderLine(line, this.palette, this.width) + escape.clearLine)
      .join("\n");
    if (this.isOpen && text !== this.shownText) {
      this.update(text);
      this.shown = lines;
      this.shownText = text;
      this.shownWidth = this.width;
    }
  }

  /** Puts lines above the drawn ones, where they stay. */
  above(text: string): void {
    this.update(`${text}${escape.clearLine}\n${this.shownText}`);
  }

  /** Takes the drawn lines away; what is printed next stands in their place. */
  clear(): void {
    this.update("");
    this.shown = [];
    this.shownText = "";
  }

  /** Draws everything anew, as after another program wrote to the terminal. */
  redraw(): void {
    const lines = this.shown;
    this.shown = [];
    this.shownText = "";
    this.draw(lines);
  }

  showCursor(visible: boolean): void {
    this.stdout.write(visible ? escape.showCursor : escape.hideCursor);
  }

  close(): void {
    if (this.isOpen) {
      this.isOpen = false;
      process.off("exit", this.restore);
      this.showCursor(true);
    }
  }

  private update(text: string): void {
    const back = `\r${escape.up(this.rowsShown() - 1)}`;
    this.stdout.write(`${escape.beginUpdate}${back}${text}${escape.clearBelow}${escape.endUpdate}`);
  }

  /** On a terminal that became narrower, lines take several rows: terminals wrap them anew. */
  private rowsShown(): number {
    const columns = this.stdout.columns || 80;
    return this.shown.reduce((rows, line) => {
      const width = Math.min(lineWidth(line), this.shownWidth);
      return rows + Math.max(1, Math.ceil(width / columns));
    }, 0);
  }
}
