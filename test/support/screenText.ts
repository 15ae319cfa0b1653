/**
 * What a terminal shows, for the control sequences that the command line and Node's readline use;
 * any other is an error, so that a test never passes by not understanding.
 */
export class ScreenText {
  private rows: string[][] = [[]];
  private row = 0;
  private column = 0;
  private rest = "";
  /** Lines that ran over the right edge: a frame must not have any. */
  wraps = 0;

  constructor(
    private readonly columns: number,
    private readonly height: number,
  ) {}

  /** Everything from the first row on, also what has scrolled away. */
  get lines(): string[] {
    return this.rows.map((cells) => cells.join("").trimEnd());
  }

  get text(): string {
    return this.lines.join("\n");
  }

  write(data: string): void {
    const text = this.rest + data;
    const pattern =
      // eslint-disable-next-line no-control-regex -- it is what a terminal is told with
      /\u001b\[([?0-9;]*)([A-Za-z])|\u001b([=>])|\r|\n|\u0008|\u0007|\u001b[[?0-9;]*$|[^\u0000-\u001f]|[\s\S]/gu;
    this.rest = "";
    for (const match of text.matchAll(pattern)) {
      const [all, parameters, command] = match;
      if (command !== undefined) {
        this.sequence(parameters ?? "", command);
      } else if (all.startsWith("\u001b[") || all === "\u001b") {
        this.rest = all;
      } else {
        this.character(all);
      }
    }
  }

  private character(character: string): void {
    switch (character) {
      case "\r":
        this.column = 0;
        return;
      case "\n":
        this.newRow();
        return;
      case "\b":
        this.column = Math.max(0, this.column - 1);
        return;
      case "\u0007":
        return;
    }
    if (/^[\p{Mn}\p{Cf}]$/u.test(character)) {
      return;
    }
    const width = /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]$/u.test(
      character,
    )
      ? 2
      : 1;
    if (this.column + width > this.columns) {
      this.wraps += 1;
      this.column = 0;
      this.newRow();
    }
    const cells = this.rows[this.row] ?? [];
    for (let column = cells.length; column < this.column; column++) {
      cells.push(" ");
    }
    cells[this.column] = character;
    if (width === 2) {
      cells[this.column + 1] = "";
    }
    this.rows[this.row] = cells;
    this.column += width;
  }

  private newRow(): void {
    this.row += 1;
    if (this.row === this.rows.length) {
      this.rows.push([]);
    }
  }

  private sequence(parameters: string, command: string): void {
    const count = Number(parameters === "" ? 1 : parameters);
    switch (command) {
      case "A":
        // The cursor stops at the top of what is in sight.
        this.row = Math.max(this.rows.length - this.height, this.row - count, 0);
        return;
      case "C":
        this.column = Math.min(this.columns - 1, this.column + count);
        return;
      case "D":
        this.column = Math.max(0, this.column - count);
        return;
      case "G":
        this.column = count - 1;
        return;
      case "K":
        this.rows[this.row]?.splice(this.column);
        return;
      case "J":
        this.rows[this.row]?.splice(this.column);
        this.rows.splice(this.row + 1);
        return;
      case "m":
      case "h":
      case "l":
        return;
      default:
        throw new Error(`This screen does not know the sequence ESC[${parameters}${command}`);
    }
  }
}
