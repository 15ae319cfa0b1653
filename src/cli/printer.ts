import type { Logger } from "../core/base/log";
import { errorCode, errorMessage } from "../core/base/errors";
import { cleanText } from "../core/protocol/words/cleanText";
import type { Palette } from "./terminal/palette";

type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** The only place that writes to stdout and stderr. */
export class Printer {
  private readonly closing = new AbortController();
  private noteSink: ((line: string) => void) | undefined;
  /** What was said in this turn of the event loop; a write for each line would cost more than the line. */
  private waiting = "";

  constructor(
    private readonly stdout: Output,
    private readonly stderr: Output,
  ) {
    // A reader that went away (`| head -1`) is no error; whoever has more to say asks `closed`.
    stdout.on("error", (error) => {
      const isNews = !this.closed.aborted && errorCode(error) !== "EPIPE";
      this.closing.abort();
      if (isNews) {
        // Nowhere else: what shows notes on stdout would fail at this one, say so, and never end.
        stderr.write(`error: stdout cannot be written: ${errorMessage(error)}\n`);
      }
    });
    stderr.on("error", () => undefined);
  }

  /** Aborted once nobody reads stdout any more. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  /** One line, or several, of what was asked for. */
  line(text = ""): void {
    this.write(`${text}\n`);
  }

  /** One value as one line of JSON. */
  json(value: unknown): void {
    this.write(`${JSON.stringify(value)}\n`);
  }

  /** Anything, as it is. */
  write(text: string): void {
    if (this.stdout.isTTY) {
      this.send(text);
    } else if (text !== "") {
      if (this.waiting === "") {
        setImmediate(() => this.sendWaiting());
      }
      this.waiting += text;
    }
  }

  /** Bytes as they are; resolves when they are on their way, so that memory stays bounded. */
  async bytes(bytes: Uint8Array): Promise<void> {
    this.sendWaiting();
    if (!this.closed.aborted && !this.stdout.write(bytes)) {
      await this.drained();
    }
  }

  /** A line beside what was asked for: who owns the queue, what went wrong. */
  note(line: string): void {
    this.sendWaiting();
    if (this.noteSink) {
      this.noteSink(line);
    } else {
      this.stderr.write(`${line}\n`);
    }
  }

  /** Takes the notes while the terminal shows something that they would tear apart. */
  redirectNotes(sink: ((line: string) => void) | undefined): void {
    this.noteSink = sink;
  }

  /** Resolves when everything was taken by whoever reads it. */
  async flush(): Promise<void> {
    this.sendWaiting();
    await Promise.all(
      [this.stdout, this.stderr].map(
        (stream) =>
          new Promise<void>((resolve) => {
            stream.write("", () => resolve());
          }),
      ),
    );
  }

  private sendWaiting(): void {
    const text = this.waiting;
    this.waiting = "";
    if (text !== "") {
      this.send(text);
    }
  }

  private send(text: string): void {
    if (!this.closed.aborted) {
      this.stdout.write(text);
    }
  }

  private drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.stdout.off("drain", done);
        this.closed.removeEventListener("abort", done);
        resolve();
      };
      this.stdout.on("drain", done);
      this.closed.addEventListener("abort", done);
    });
  }
}

export interface LogOptions {
  /** Shows details and stacks. */
  readonly debug: boolean;
  /** Shows nothing but bugs and details that were asked for: stderr of a program that is driven by one. */
  readonly quiet: boolean;
  readonly palette: Palette;
}

/** What the core has to say, as notes. */
export function createLogger(printer: Printer, { debug, quiet, palette }: LogOptions): Logger {
  const note = (text: string): void => printer.note(text);
  const warnings = new Set<string>();
  return {
    debug: (message) => debug && note(palette("dim", `debug: ${cleanText(message)}`)),
    info: (message) => !quiet && note(palette("dim", cleanText(message))),
    warn(message) {
      // What is tried every second fails every second, in the same words.
      if (!quiet && !warnings.has(message)) {
        warnings.add(message);
        note(`${palette("yellow", "warning:")} ${cleanText(message)}`);
      }
    },
    error(message, error) {
      note(`${palette("red", "error:")} ${cleanText(message)}`);
      if (debug && error instanceof Error) {
        note(error.stack ?? error.message);
      }
    },
  };
}
