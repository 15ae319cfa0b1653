import * as vscode from "vscode";
import { errorMessage, HopperError } from "../../core/base/errors";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import {
  type CardRequest,
  fromCardSchema,
  type ToCard,
} from "../../core/protocol/card/cardMessages";
import type { CardPhase } from "../../core/protocol/card/cardState";
import type { FolderQueue, FolderQueueChange } from "../queues/folderQueue";
import type { Services } from "../services";
import type { CardContent } from "./cardContent";
import type { CardRequests } from "./cardRequests";
import { LogFollowers } from "./logFollowers";

/** Changes come in bursts, which are sent together after so many milliseconds. */
const burst = 50;
/** How often the card hears from us at least; what was missed, if anything ever is, comes with it. */
const heartbeat = 10_000;
/** A request that takes long says so at this pace, well within the card's patience. */
const signOfLife = 3_000;
/** With more changed phases than this the whole state is read: that is quicker than one by one. */
const manyChanges = 100;

/** One hopper card: sends what its folder's queue holds, and does what is asked for in it. */
export class CardPanel implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly logs = new LogFollowers();
  private readonly changed = new Set<string>();
  private stale = false;
  /** The newest event that the card knows of; undefined before it asked for anything. */
  private sentEvent: number | undefined;
  private pending: Disposable | undefined;
  private beat: Disposable | undefined;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly queue: FolderQueue,
    private readonly content: CardContent,
    private readonly requests: CardRequests,
    private readonly services: Services,
  ) {
    this.disposables.add(this.logs);
    this.disposables.add(queue.onDidChange((change) => this.note(change)));
    this.disposables.add(panel.webview.onDidReceiveMessage((data) => this.receive(data)));
    this.disposables.add(
      panel.onDidChangeViewState(() => {
        this.logs.setVisible(panel.visible);
        if (!panel.visible) {
          // The editor throws the page away; the next one asks anew.
          this.sentEvent = undefined;
        }
      }),
    );
    this.disposables.add(services.configuration.onDidChange(() => this.refreshSoon()));
  }

  /** Reads everything again at the next occasion: something beside the queue changed. */
  refreshSoon(): void {
    this.stale = true;
    this.flushSoon();
  }

  dispose(): void {
    this.pending?.dispose();
    this.beat?.dispose();
    this.disposables.dispose();
  }

  private note({ events }: FolderQueueChange): void {
    for (const { type, queue_id } of events) {
      if (queue_id !== undefined) {
        this.changed.add(queue_id);
      } else if (type === "plan_removed") {
        this.stale = true;
      }
    }
    // Without an event it is the window's relation to the queue that changed.
    this.stale ||= events.length === 0 || this.changed.size > manyChanges;
    this.flushSoon();
  }

  private flushSoon(): void {
    this.pending ??= this.services.clock.after(burst, () => this.flush());
  }

  private flush(): void {
    this.pending?.dispose();
    this.pending = undefined;
    if (this.sentEvent === undefined) {
      return;
    }
    try {
      if (this.stale) {
        this.sendState();
      } else {
        this.sendChanges();
      }
    } catch (error) {
      this.services.logger.error("The hopper card could not be updated.", error);
      this.post({ type: "trouble", message: errorMessage(error) });
    }
    this.beatLater();
  }

  private sendAll(): void {
    this.sentEvent = 0;
    this.stale = true;
    this.flush();
  }

  private sendState(): void {
    this.stale = false;
    this.changed.clear();
    this.sentEvent = this.queue.reader?.lastEventId ?? 0;
    const folder = this.queue.folder.uri.toString();
    this.post({ type: "state", folder, state: this.content.state() });
  }

  private sendChanges(): void {
    const ids = [...this.changed];
    this.changed.clear();
    this.sentEvent = this.queue.reader?.lastEventId ?? 0;
    const phases: CardPhase[] = [];
    const removed: string[] = [];
    for (const id of ids) {
      const phase = this.content.phase(id);
      if (phase) {
        phases.push(phase);
      } else {
        removed.push(id);
      }
    }
    const changes = {
      queue: this.content.queueState(),
      plans: this.content.plans(),
      phases,
      removed,
    };
    this.post({ type: "changes", changes });
  }

  /**
   * A card that has missed something gets everything. One that has not gets a sign of life, with the
   * phases that run: a report on them is no event.
   */
  private beatLater(): void {
    this.beat?.dispose();
    this.beat = this.services.clock.after(heartbeat, () => {
      const { reader } = this.queue;
      this.stale ||= this.sentEvent !== (reader?.lastEventId ?? 0);
      reader?.phasesWith(["running"]).forEach(({ queue_id }) => this.changed.add(queue_id));
      this.flush();
    });
  }

  private receive(data: unknown): void {
    const message = fromCardSchema.safeParse(data);
    if (!message.success) {
      this.services.logger.error("The hopper card sent something unknown.", message.error);
      return;
    }
    switch (message.data.type) {
      case "ready":
        // A new page follows no logs yet, whatever the one before it did.
        this.logs.dispose();
        this.sendAll();
        break;
      case "refresh":
        this.sendAll();
        break;
      case "request":
        void this.answer(message.data.id, message.data.request);
    }
  }

  private async answer(id: number, request: CardRequest): Promise<void> {
    const working = this.sayWorking(id);
    try {
      const result = await this.carryOut(request);
      this.post({ type: "answer", id, result });
    } catch (error) {
      if (error instanceof vscode.CancellationError) {
        // The user thought better of it: that is an answer.
        this.post({ type: "answer", id, result: undefined });
        return;
      }
      if (!(error instanceof HopperError)) {
        this.services.logger.error(`The hopper card's request "${request.name}" failed.`, error);
      }
      this.post({ type: "refusal", id, message: errorMessage(error) });
    } finally {
      working.dispose();
    }
  }

  private sayWorking(id: number): Disposable {
    let next: Disposable;
    const later = (): void => {
      next = this.services.clock.after(signOfLife, () => {
        this.post({ type: "working", id });
        later();
      });
    };
    later();
    return { dispose: () => next.dispose() };
  }

  private async carryOut(request: CardRequest): Promise<unknown> {
    switch (request.name) {
      case "followLog":
        this.followLog(request.queueId, request.attemptId);
        return undefined;
      case "unfollowLog":
        this.logs.unfollow(request.attemptId);
        return undefined;
      case "details":
        return this.requests.handle(request);
      default:
        // What it did comes as changes; answers of the editor's own are nothing for the card.
        await this.requests.handle(request);
        return undefined;
    }
  }

  private followLog(queueId: string, attemptId: string): void {
    const isOver = (): boolean =>
      this.queue.reader?.attempt(attemptId)?.finished_at !== undefined ||
      this.queue.reader?.attempt(attemptId) === undefined;
    this.logs.follow(attemptId, this.requests.outputFolder(queueId, attemptId), {
      clock: this.services.clock,
      isOver,
      onBatch: (batch) => this.post({ type: "log", attemptId, batch }),
      onEnd: () => this.post({ type: "logEnd", attemptId }),
      onError: (error) => this.post({ type: "logEnd", attemptId, error: errorMessage(error) }),
    });
  }

  private post(message: ToCard): void {
    void this.panel.webview.postMessage(message);
  }
}
