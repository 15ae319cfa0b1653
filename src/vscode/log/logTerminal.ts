import * as vscode from "vscode";
import { attemptOutcome } from "../../core/protocol/words/attemptOutcome";
import { durationBetween } from "../../core/protocol/words/duration";
import { delay } from "../../core/base/clock";
import { errorInWords } from "../../core/base/errors";
import { t } from "../l10n";
import type { AttemptItem } from "../../core/protocol/queue";
import type { Services } from "../services";

/** Of a long output only so much of its end is shown: the file has the rest. */
const shownBytes = 1024 * 1024;
/** A terminal that is written to faster than it draws would hang the window. */
const bytesPerTurn = 256 * 1024;
const turn = 50;

/**
 * A terminal that shows an attempt's output as it grows, colours and all. It reads the file, so that
 * it shows attempts that ended and attempts that another process watches alike.
 */
export class LogTerminal implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly ended = new AbortController();
  private readonly decoder = new TextDecoder();
  private budget = bytesPerTurn;

  readonly onDidWrite = this.written.event;

  /**
   * @param folder the attempt's folder.
   * @param attempt the attempt as it is now; undefined when it was removed.
   */
  constructor(
    private readonly services: Pick<Services, "clock" | "logger">,
    private readonly folder: string,
    private readonly attempt: () => AttemptItem | undefined,
  ) {}

  open(): void {
    this.follow().catch((error: unknown) => {
      this.services.logger.error(`${this.folder}: the output cannot be read.`, error);
      this.note(t("The output cannot be read: {0}", errorInWords(error)));
    });
  }

  close(): void {
    this.ended.abort();
    this.written.dispose();
  }

  private async follow(): Promise<void> {
    const { clock } = this.services;
    const { signal } = this.ended;
    const { followOutput, readOutput } = await import("../../core/runner/outputLog");
    const { size } = await readOutput(this.folder, 0, 0);
    const start = Math.max(0, size - shownBytes);
    if (start > 0) {
      this.note(
        t("{0} earlier bytes are in {1}", start.toLocaleString("en"), `${this.folder}/output.log`),
      );
    }
    const isOver = (): boolean => this.attempt()?.state !== "running" && !this.isStarting();
    for await (const chunk of followOutput(this.folder, { clock, signal, offset: start, isOver })) {
      if (chunk.gap) {
        const left = chunk.gap.to - chunk.gap.from;
        this.note(t("{0} bytes were left out to keep the file small", left.toLocaleString("en")));
      }
      this.write(this.decoder.decode(chunk.bytes, { stream: true }));
      this.budget -= chunk.bytes.length;
      if (this.budget < 0) {
        this.budget = bytesPerTurn;
        await delay(clock, turn);
      }
    }
    if (!signal.aborted) {
      this.note(this.outcome());
    }
  }

  private isStarting(): boolean {
    return this.attempt()?.state === "starting";
  }

  private outcome(): string {
    const attempt = this.attempt();
    if (!attempt) {
      return t("The phase was removed.");
    }
    const { started_at, finished_at, exit_code, signal } = attempt;
    const time = durationBetween(started_at, finished_at);
    const code = exit_code === undefined ? signal : t("exit code {0}", exit_code);
    const details = [code, time].filter((part) => part !== undefined).join(", ");
    return `${attemptOutcome(attempt)}${details === "" ? "" : ` (${details})`}`;
  }

  /** What we say ourselves, told apart from the output. */
  private note(text: string): void {
    this.write(`\u001b[0m\u001b[3m\u2014 ${text} \u2014\u001b[0m\n`);
  }

  /** Programs that write to a file end lines with a line feed alone; a terminal needs both. */
  private write(text: string): void {
    this.written.fire(text.replaceAll(/\r?\n/g, "\r\n"));
  }
}
