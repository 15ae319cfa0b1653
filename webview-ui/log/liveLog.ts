import { t } from "../../src/core/base/words";
import type { LogBatch, LogBreak } from "../../src/core/protocol/card/logBatch";
import { type LogLine, LogLines } from "./logLines";

export interface LogView {
  readonly lines: readonly LogLine[];
  /** `waiting`: nothing has come yet. `ended`: nothing more will come. */
  readonly state: "waiting" | "following" | "ended";
}

/** The log of an attempt as it comes in; it is drawn at most once a frame, whatever comes. */
export class LiveLog {
  private readonly log = new LogLines();
  private readonly listeners = new Set<(view: LogView) => void>();
  private current: LogView = { lines: [], state: "waiting" };
  private scheduled = false;

  /** @param nextFrame calls back when something can be drawn: `requestAnimationFrame`. */
  constructor(private readonly nextFrame: (draw: () => void) => void) {}

  get view(): LogView {
    return this.current;
  }

  receive(batch: LogBatch): void {
    if (batch.break) {
      this.log.notice(breakInWords(batch.break));
    }
    this.log.write(batch.text);
    this.changed(this.current.state === "ended" ? "ended" : "following");
  }

  /** @param error why the output cannot be read, where that is the reason. */
  end(error?: string): void {
    if (error !== undefined) {
      this.log.notice(error);
    }
    this.changed("ended");
  }

  /** Calls `listener` after each change. @returns what ends that. */
  subscribe(listener: (view: LogView) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private changed(state: LogView["state"]): void {
    this.current = { ...this.current, state };
    if (!this.scheduled) {
      this.scheduled = true;
      // As a plain function: the browser's own refuses to be called as a method of ours.
      const { nextFrame } = this;
      nextFrame(() => this.draw());
    }
  }

  private draw(): void {
    this.scheduled = false;
    this.current = { ...this.current, lines: this.log.lines() };
    this.listeners.forEach((listener) => listener(this.current));
  }
}

/** What stands between two lines that do not follow each other. */
export function breakInWords({ kind, leftOut }: LogBreak): string {
  const size = sizeInWords(leftOut);
  switch (kind) {
    case "earlier":
      return t("{0} before this: see the whole log", size);
    case "flood":
      return t("{0} left out: faster than it can be read", size);
    case "gap":
      return t("{0} left out to keep the file small", size);
    case "restart":
      return t("the output was begun anew");
  }
}

/** "1 byte", "12.3 KB", "4.0 MB". */
function sizeInWords(bytes: number): string {
  if (bytes < 1000) {
    return bytes === 1 ? t("1 byte") : t("{0} bytes", bytes);
  }
  const kilobytes = bytes / 1000;
  return kilobytes < 999.5
    ? t("{0} KB", kilobytes.toFixed(1))
    : t("{0} MB", (kilobytes / 1000).toFixed(1));
}
