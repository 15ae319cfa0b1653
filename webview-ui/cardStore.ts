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

/** When, on the page's clock, the extension was last heard; apart from the view, since it always changes. */
export interface Heard {
  at: number;
}

export interface StoreOptions {
  readonly request: (request: CardRequest) => Promise<unknown>;
  readonly now: () => number;
  readonly nextFrame: (draw: () => void) => void;
  /** Called with the folder that the card is of. */
  readonly onFolder: (folder: string) => void;
}

/** Holds what the card shows and tells who draws it; logs go their own way, since they flow. */
export class CardStore {
  private current: CardView = { polite: "", assertive: "" };
  private readonly listeners = new Set<() => void>();
  private readonly logs = new Map<string, LiveLog>();
  readonly heard: Heard;

  constructor(private readonly options: StoreOptions) {
    this.heard = { at: options.now() };
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
    this.heard.at = this.options.now();
    switch (news.type) {
      case "state":
        this.options.onFolder(news.folder);
        this.show(dataOf(news.state, this.current.data));
        break;
      case "changes":
        if (this.current.data) {
          this.show(applyChanges(this.current.data, news.changes));
        }
        break;
      case "trouble":
        this.set({ ...this.current, trouble: news.message });
        break;
      case "log":
        this.logs.get(news.attemptId)?.receive(news.batch);
        break;
      case "logEnd":
        this.logs.get(news.attemptId)?.end(news.error);
    }
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

  private show(data: CardData): void {
    const { data: before, trouble, ...rest } = this.current;
    if (
      data.queue === before?.queue &&
      data.plans.every((plan, i) => plan === before.plans[i]) &&
      data.plans.length === before.plans.length &&
      trouble === undefined
    ) {
      return;
    }
    const said = before && announcementsOf(before, data);
    // Texts stand until the next are said; one that is said again must have been away in between.
    const isSomething = said !== undefined && (said.polite !== "" || said.assertive !== "");
    this.set({ ...rest, ...(isSomething && said), data });
  }

  private set(view: CardView): void {
    this.current = view;
    this.listeners.forEach((listener) => listener());
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
