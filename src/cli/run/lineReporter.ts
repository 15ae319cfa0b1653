import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import type { PhaseQueueItem, QueueEvent } from "../../core/protocol/queue";
import type { Context } from "../context";
import { every } from "../every";
import { cleanText } from "../../core/protocol/words/cleanText";
import { durationBetween } from "../../core/protocol/words/duration";
import { phaseName } from "../../core/protocol/words/names";
import { phaseList } from "../../core/protocol/words/phaseList";
import { failureInWords, phaseTime } from "../../core/protocol/words/phaseDetail";
import { countsInWords } from "../words/statuses";
import { OutputEcho } from "./phaseOutput";
import type { Leaving, RunEnd, RunReporter } from "./reporter";
import type { RunModel } from "./runModel";
import type { RunQueue } from "../queue/runQueue";
import { leavingInWords, type Summary } from "./summary";

/** How often the output of running phases is looked at, where it is wanted. */
const echoInterval = 200;

/** One line per event, for pipes, files and terminals that cannot redraw. */
export class LineReporter implements RunReporter, Disposable {
  private readonly disposables = new DisposableStore();
  private readonly echoes = new Map<string, OutputEcho>();
  private readonly echoesOutput: boolean;

  constructor(
    private readonly context: Context,
    private readonly queue: RunQueue,
    private readonly summary: Summary,
  ) {
    this.echoesOutput = context.options.flag("output");
  }

  begin(model: RunModel): void {
    for (const { plan, phases } of model.plans) {
      const counts = countsInWords(model.countsOf(plan.plan_id));
      const noun = phases.size === 1 ? "phase" : "phases";
      this.print(
        `Plan ${plan.plan_number} ${cleanText(plan.title)}: ${phases.size} ${noun}, ${counts}`,
      );
    }
    if (this.echoesOutput) {
      for (const phase of model.running) {
        this.echo(phase);
      }
      this.disposables.add(
        every(this.context.clock, echoInterval, () => {
          for (const phase of model.running) {
            this.printOutput(phase, false);
          }
        }),
      );
    }
  }

  changed(events: readonly QueueEvent[], model: RunModel): void {
    let blocked: QueueEvent[] = [];
    for (const [index, event] of events.entries()) {
      const isBlocked = event.to_status === "blocked";
      if (!isBlocked || event.plan_id !== blocked[0]?.plan_id) {
        this.printBlocked(blocked, model);
        blocked = [];
      }
      if (isBlocked) {
        blocked.push(event);
      } else {
        this.event(event, model, events.slice(0, index));
      }
    }
    this.printBlocked(blocked, model);
  }

  waits(): void {
    // The phases' own lines say it, and the end says what it waits for in vain.
  }

  leaves(leaving: Leaving, going: readonly PhaseQueueItem[]): void {
    this.context.printer.note(leavingInWords(leaving, going).join(" "));
  }

  end(end: RunEnd, model: RunModel): void {
    this.dispose();
    this.summary.print(end, model, { phases: false });
  }

  dispose(): void {
    this.disposables.dispose();
  }

  /** One line for all phases that one failure blocked: there may be hundreds. */
  private printBlocked(events: readonly QueueEvent[], model: RunModel): void {
    const [first] = events;
    const plan = first?.plan_id === undefined ? undefined : model.plan(first.plan_id)?.plan;
    if (plan) {
      const numbers = events.map(({ phase_number }) => phase_number ?? 0);
      this.print(`${this.planPrefix(model, plan.plan_number)}${phaseList(numbers)}: blocked`);
    }
  }

  private event(event: QueueEvent, model: RunModel, before: readonly QueueEvent[]): void {
    const { type, plan_id, queue_id, reason } = event;
    const phase = queue_id === undefined ? undefined : model.phase(queue_id);
    const plan = plan_id === undefined ? undefined : model.plan(plan_id)?.plan;
    switch (type) {
      case "phase_changed":
        if (phase) {
          this.phaseChanged(event, phase, model, before);
        }
        break;
      case "plan_enqueued":
        this.print(`Plan ${plan?.plan_number ?? "?"} ${cleanText(plan?.title ?? "")}: enqueued`);
        break;
      case "plan_paused":
        this.print(`Plan ${plan?.plan_number ?? "?"}: paused (${cleanText(reason ?? "")})`);
        break;
      case "plan_resumed":
        this.print(`Plan ${plan?.plan_number ?? "?"}: resumed`);
        break;
      case "queue_paused":
        this.print(`Queue: paused (${cleanText(reason ?? "")})`);
        break;
      case "queue_resumed":
        this.print("Queue: resumed");
        break;
      case "issue_created":
        this.print(
          `${phase ? phaseName(phase) : `Plan ${plan?.plan_number ?? "?"}`}: ${reason ?? ""} on GitHub`,
        );
        break;
      case "attempt_progress":
        if (phase) {
          const prefix = this.planPrefix(model, phase.plan_number);
          this.print(`${prefix}${phaseName(phase)}: ${cleanText(reason ?? "")}`);
        }
        break;
      case "plan_removed":
        this.print("A plan was removed");
        break;
      case "phase_removed":
        this.print(`Phase ${event.phase_number ?? "?"}: removed`);
        break;
      case "plan_updated":
        this.print(`Plan ${plan?.plan_number ?? "?"}: updated from its file`);
        break;
      case "plan_moved":
      case "phase_enqueued":
      case "phase_updated":
      case "phase_linked":
      case "phase_moved":
      case "dependency_dropped":
        break;
    }
  }

  private phaseChanged(
    event: QueueEvent,
    phase: PhaseQueueItem,
    model: RunModel,
    before: readonly QueueEvent[],
  ): void {
    const say = (what: string): void =>
      this.print(`${this.planPrefix(model, phase.plan_number)}${phaseName(phase)}: ${what}`);
    const { from_status: from, to_status: to } = event;
    if (from === "running") {
      this.echoRest(phase);
    }
    if (to === "running") {
      say("started");
      this.echo(phase);
    } else if (to === "completed") {
      const took = phaseTime(phase, event.at);
      say(event.reason === "skipped" ? "skipped" : `completed${took === "" ? "" : ` in ${took}`}`);
    } else if (to === "failed") {
      const took = phaseTime(phase, event.at);
      say(`failed${took === "" ? "" : ` after ${took}`}: ${failureInWords(phase)}`);
    } else if (to === "ready" && from === "running") {
      const wait = durationBetween(event.at, phase.not_before) ?? "a moment";
      say(`failed, tried again in ${wait}: ${cleanText(phase.error_message ?? "")}`);
    } else if (to === "ready" && from === "failed") {
      say("ready again");
    } else if (from === "blocked" && !before.some(({ from_status }) => from_status === "failed")) {
      say(to ?? "");
    }
  }

  private planPrefix(model: RunModel, planNumber: number): string {
    return model.plans.length > 1 ? `Plan ${planNumber} ` : "";
  }

  private print(line: string): void {
    this.context.printer.line(line);
  }

  private echo(phase: PhaseQueueItem): void {
    if (this.echoesOutput) {
      const folder = this.queue.attemptFolder(phase.queue_id, phase.attempts);
      this.echoes.set(phase.queue_id, new OutputEcho(folder));
    }
  }

  private echoRest(phase: PhaseQueueItem): void {
    this.printOutput(phase, true);
    this.echoes.delete(phase.queue_id);
  }

  private printOutput(phase: PhaseQueueItem, isOver: boolean): void {
    for (const line of this.echoes.get(phase.queue_id)?.next(isOver) ?? []) {
      this.print(`${phase.plan_number}.${phase.phase_number} | ${line}`);
    }
  }
}
