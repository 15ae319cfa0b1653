import type { CardRequest } from "../src/core/protocol/card/cardMessages";
import { announcementsOf } from "./model/announcements";
import { applyChanges, type CardData, dataOf } from "./model/cardData";
import type { CardNews } from "./link";
import { LiveLog } from "./log/liveLog";

/** What the page draws. */
export interface CardView {
  /** Undefined until the extension has answered. */
  readonly data?: CardData;
  /** Why what is shown is not renewed. */
  readonly trouble?: string;
  /** Why the last thing that was asked for was not done. */
  readonly refusal?: string;
  readonly polite: string;
  readonly assertive: string;
}

export interface StoreOptions {
  readonly request: (request: CardRequest) => Promise<unknown>;
  /** The page's own clock. */
  readonly now: () => number;
  readonly nextFrame: (draw: () => void) => void;
  /** Called with the folder that the card is of. */
  readonly onFolder: (folder: string) => void;
  /** What was changed is not there: it did not come, and is to be asked for. */
  readonly onMissed: () => void;
}

/** No message is under way so long, in milliseconds, unless the two sides sit far from each other. */
const notOnTheWay = 1_000;

/** Holds what the card shows and tells who draws it; logs go their own way, since they flow. */
export class CardStore {
  private current: CardView = { polite: "", assertive: "" };
  private readonly listeners = new Set<() => void>();
  private readonly logs = new Map<string, LiveLog>();
  private heard: number;
  /** What the extension's clock is ahead of the page's, in milliseconds. */
  private ahead = 0;

  constructor(private readonly options: StoreOptions) {
    this.heard = options.now();
  }

  /** The time where the extension runs, from which all times of the queue are. */
  get now(): number {
    return this.options.now() + this.ahead;
  }

  /** Milliseconds in which the extension said nothing. */
  get silence(): number {
    return this.options.now() - this.heard;
  }

  get view(): CardView {
    return this.current;
  }

  /** Calls `listener` after each change. @returns what ends that. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  receive(news: CardNews): void {
    this.heard = this.options.now();
    switch (news.type) {
      case "state": {
        this.setClock(news.now);
        this.options.onFolder(news.folder);
        // All of it is there again: nothing that could not be read before is missing.
        const { trouble, ...view } = this.current;
        this.show(dataOf(news.state, view.data), view, trouble !== undefined);
        break;
      }
      case "changes":
        this.setClock(news.now);
        if (this.current.data) {
          this.show(applyChanges(this.current.data, news.changes), this.current);
        } else {
          this.options.onMissed();
        }
        break;
      case "trouble":
        this.fail(news.message);
        break;
      case "log":
        this.logs.get(news.attemptId)?.receive(news.batch);
        break;
      case "logEnd":
        this.logs.get(news.attemptId)?.end(news.error);
    }
  }

  /** What is shown, if anything is, is not renewed. */
  fail(trouble: string): void {
    this.set({ ...this.current, trouble });
  }

  /** Asks for something; why it is refused is shown. */
  async ask(request: CardRequest): Promise<void> {
    this.dismiss();
    try {
      await this.options.request(request);
    } catch (error) {
      this.set({ ...this.current, refusal: messageOf(error) });
    }
  }

  dismiss(): void {
    const { refusal, ...rest } = this.current;
    if (refusal !== undefined) {
      this.set(rest);
    }
  }

  /** The output of an attempt from now on, until {@link close}. */
  openLog(queueId: string, attemptId: string): LiveLog {
    const log = new LiveLog(this.options.nextFrame);
    this.logs.set(attemptId, log);
    this.options
      .request({ name: "followLog", queueId, attemptId })
      .catch((error: unknown) => log.end(messageOf(error)));
    return log;
  }

  closeLog(attemptId: string, log: LiveLog): void {
    if (this.logs.get(attemptId) === log) {
      this.logs.delete(attemptId);
      // Whether it succeeds changes nothing here.
      this.options.request({ name: "unfollowLog", attemptId }).catch(() => undefined);
    }
  }

  /** A message takes its time, which is not to make a running time jump. */
  private setClock(now: number): void {
    if (Math.abs(now - this.now) > notOnTheWay) {
      this.ahead = now - this.options.now();
    }
  }

  private show(data: CardData, view: CardView, isNews = false): void {
    const before = view.data;
    if (
      !isNews &&
      data.queue === before?.queue &&
      data.plans.every((plan, i) => plan === before.plans[i]) &&
      data.plans.length === before.plans.length
    ) {
      return;
    }
    const said = before && announcementsOf(before, data);
    // Texts stand until the next are said; one that is said again must have been away in between.
    const isSomething = said !== undefined && (said.polite !== "" || said.assertive !== "");
    this.set({ ...view, ...(isSomething && said), data });
  }

  private set(view: CardView): void {
    this.current = view;
    this.listeners.forEach((listener) => listener());
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
