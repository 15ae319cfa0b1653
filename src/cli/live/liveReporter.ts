import { isoNow } from "../../core/base/clock";
import { errorMessage } from "../../core/base/errors";
import { type Disposable, DisposableStore, toDisposable } from "../../core/base/lifecycle";
import { turnsOfOthers } from "../../core/coordinator/waiting";
import type { PhaseQueueItem } from "../../core/protocol/queue";
import type { Waiting } from "../../core/protocol/snapshot";
import type { Context } from "../context";
import { every } from "../every";
import type { Interrupts } from "../run/interrupts";
import { lastLines } from "../run/phaseOutput";
import type { Leaving, RunEnd, RunReporter } from "../run/reporter";
import type { RunModel } from "../run/runModel";
import type { RunQueue } from "../queue/runQueue";
import { leavingInWords, type Summary } from "../run/summary";
import { cleanText } from "../../core/protocol/words/cleanText";
import { type Key, readKeys } from "../terminal/keys";
import { type Line, span, wrapLine } from "../terminal/line";
import { Screen } from "../terminal/screen";
import { duration } from "../../core/protocol/words/duration";
import { phaseNames } from "../../core/protocol/words/names";
import { Dialog, hints, type Possibilities } from "./dialog";
import { composeFrame } from "./frame";

const frameInterval = 100;
const spinnerFrames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** A run drawn on the terminal, at most ten times a second, with keys for the person before it. */
export class LiveReporter implements RunReporter, Disposable {
  private readonly disposables = new DisposableStore();
  private readonly screen: Screen;
  private readonly dialog: Dialog;
  private readonly begun: number;
  private model: RunModel | undefined;
  private waiting: Waiting | undefined;
  private leaving: readonly string[] | undefined;
  private keys: Disposable | undefined;

  constructor(
    private readonly context: Context,
    private readonly queue: RunQueue,
    private readonly interrupts: Interrupts,
    private readonly summary: Summary,
  ) {
    const { terminal, printer, clock } = context;
    this.begun = clock.monotonic();
    this.screen = new Screen(terminal.stdout, terminal.palette);
    this.dialog = new Dialog(queue, (error) => context.logger.warn(cleanText(errorMessage(error))));
    printer.redirectNotes((line) => this.screen.above(line));
    this.disposables.add(toDisposable(() => this.screen.close()));
    this.disposables.add(toDisposable(() => printer.redirectNotes(undefined)));
    this.disposables.add(toDisposable(() => this.keys?.dispose()));
  }

  begin(model: RunModel): void {
    const { terminal, clock, printer } = this.context;
    printer.line();
    this.model = model;
    if (terminal.canAsk) {
      this.keys = readKeys(terminal.stdin, (key) => this.press(key));
    }
    this.disposables.add(every(clock, frameInterval, () => this.draw()));
    this.draw();
  }

  changed(): void {
    // Drawn with the next frame: a burst of events costs one.
  }

  waits(waiting: Waiting): void {
    this.waiting = waiting;
  }

  leaves(leaving: Leaving, going: readonly PhaseQueueItem[]): void {
    this.leaving = leavingInWords(leaving, going);
    this.draw();
  }

  end(end: RunEnd, model: RunModel): void {
    this.screen.clear();
    this.dispose();
    this.summary.print(end, model, { phases: true });
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private draw(): void {
    const { model, screen, queue, context } = this;
    if (model) {
      const now = isoNow(context.clock);
      const elapsed = context.clock.monotonic() - this.begun;
      const frame = Math.floor(elapsed / frameInterval) % spinnerFrames.length;
      screen.draw(
        composeFrame({
          plans: model.plans,
          now,
          elapsed: duration(elapsed),
          spinner: spinnerFrames[frame] ?? "",
          output: ({ queue_id, attempts }, count) =>
            lastLines(queue.attemptFolder(queue_id, attempts), count),
          footer: this.footer(model).flatMap((line) => wrapLine(line, screen.width)),
          width: screen.width,
          height: screen.height,
        }),
      );
    }
  }

  private footer(model: RunModel): Line[] {
    if (this.leaving) {
      return this.leaving.map((sentence) => [span(` ${sentence}`, "yellow")]);
    }
    const { running } = model;
    const text =
      this.waiting?.kind === "running" && running.length > 0
        ? `${phaseNames(running, model.plans.length > 1)} running`
        : cleanText(this.waiting?.text ?? "");
    const isHeld = this.waiting?.kind !== "running";
    const leaves = ["leaves", "leaves it to go on"][running.length] ?? "leaves them to go on";
    return [
      [
        span(` ${text}`, isHeld ? "yellow" : "plain"),
        span("  ·", "dim"),
        ...hints(["Ctrl-C", leaves]),
      ],
      ...this.dialog.lines(this.possibilities()),
    ];
  }

  private possibilities(): Possibilities {
    const { model, waiting } = this;
    const { queue } = this.queue;
    const running = model?.running ?? [];
    const turns = turnsOfOthers(queue, running);
    const phase = running.find(({ queue_id }) => turns.has(queue_id));
    const plan = model?.plans.find(({ plan }) => plan.paused_reason !== undefined)?.plan;
    const isPaused =
      waiting?.kind === "paused" || (plan !== undefined && waiting?.kind !== "running");
    const paused =
      isPaused && queue.pausedReason === undefined && plan ? { planId: plan.plan_id } : {};
    return { ...(phase && { phase }), ...(isPaused && { paused }) };
  }

  private press(key: Key): void {
    switch (key.kind) {
      case "interrupt":
        this.interrupts.raise("SIGINT");
        break;
      case "suspend":
        this.suspend();
        break;
      case "redraw":
        this.screen.redraw();
        break;
      case "text":
      case "enter":
      case "escape":
      case "backspace":
        this.dialog.press(key, this.possibilities());
        this.draw();
    }
  }

  /** Gives the terminal back as it was, and takes it again when the shell brings us back. */
  private suspend(): void {
    const { terminal } = this.context;
    this.keys?.dispose();
    this.screen.clear();
    this.screen.showCursor(true);
    process.once("SIGCONT", () => {
      this.screen.showCursor(false);
      this.keys = readKeys(terminal.stdin, (key) => this.press(key));
      this.draw();
    });
    process.kill(0, "SIGTSTP");
  }
}
