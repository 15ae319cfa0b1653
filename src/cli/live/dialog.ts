import type { HopperCommands } from "../../core/protocol/commands";
import type { PhaseQueueItem } from "../../core/protocol/queue";
import { type Line, span } from "../terminal/line";
import type { Key } from "../terminal/keys";
import { phaseName } from "../../core/protocol/words/names";

/** What a person can do about what a run waits for. */
export interface Possibilities {
  /** The phase that is waiting for a word: `manual` or `external`. */
  readonly phase?: PhaseQueueItem;
  /** What is paused: the plan's id, or the whole queue. */
  readonly paused?: { readonly planId?: string };
}

/**
 * The talk with the person at the terminal: a key chooses what to do, a line takes the note for it.
 * Nothing is done by a single key, so that one pressed by mistake does no harm.
 */
export class Dialog {
  private open:
    | { readonly outcome: "done" | "failed"; readonly phase: PhaseQueueItem; note: string }
    | undefined;

  constructor(
    private readonly commands: Pick<HopperCommands, "complete" | "fail" | "setPaused">,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** The lines below the phases, for what can be done now. */
  lines({ phase, paused }: Possibilities): Line[] {
    if (this.open) {
      const { outcome, note, phase: asked } = this.open;
      const look = outcome === "done" ? "green" : "red";
      return [
        [
          span(` ${phaseName(asked)} ${outcome === "done" ? "is done" : "failed"}. `, look),
          span("Note: "),
          span(note, "bold"),
          span("▏"),
        ],
        hints(["Enter", "confirm"], ["Esc", "go back"]),
      ];
    }
    const keys: [string, string][] = [];
    if (phase) {
      keys.push(["d", `${phaseName(phase)} is done`], ["f", "it failed"]);
    }
    if (paused) {
      keys.push(["r", paused.planId === undefined ? "resume" : "resume the plan"]);
    }
    return keys.length === 0 ? [] : [hints(...keys)];
  }

  press(key: Key, possibilities: Possibilities): void {
    if (this.open) {
      this.type(key, this.open);
      return;
    }
    const { phase, paused } = possibilities;
    const letter = key.kind === "text" ? key.text.toLowerCase() : "";
    if (phase && (letter === "d" || letter === "f")) {
      this.open = { outcome: letter === "d" ? "done" : "failed", phase, note: "" };
    } else if (paused && letter === "r") {
      this.do(this.commands.setPaused(false, paused.planId));
    }
  }

  private type(key: Key, open: NonNullable<Dialog["open"]>): void {
    switch (key.kind) {
      case "text":
        open.note += key.text;
        break;
      case "backspace":
        open.note = open.note.replace(/.$/u, "");
        break;
      case "escape":
        this.open = undefined;
        break;
      case "enter": {
        const { outcome, phase } = open;
        const note = open.note.trim() === "" ? undefined : open.note.trim();
        this.open = undefined;
        this.do(
          outcome === "done"
            ? this.commands.complete(phase.queue_id, note)
            : this.commands.fail(phase.queue_id, note),
        );
        break;
      }
      case "interrupt":
      case "suspend":
      case "redraw":
        break;
    }
  }

  private do(command: Promise<unknown>): void {
    command.catch((error: unknown) => this.onError(error));
  }
}

export function hints(...keys: readonly (readonly [key: string, what: string])[]): Line {
  return keys.flatMap(([key, what], index) => [
    span(index === 0 ? " " : "   "),
    span(key, "bold"),
    span(` ${what}`, "dim"),
  ]);
}
