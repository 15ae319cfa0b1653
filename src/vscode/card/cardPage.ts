import { type Disposable, toDisposable } from "../../core/base/lifecycle";
import type { Logger } from "../../core/base/log";
import {
  type CardRequest,
  fromCardSchema,
  type ToCard,
} from "../../core/protocol/card/cardMessages";

/** Of the editor's panel with a webview in it, what is needed of it. */
export interface PanelWithPage {
  readonly webview: {
    postMessage(message: ToCard): PromiseLike<boolean>;
    onDidReceiveMessage(listener: (data: unknown) => void): Disposable;
  };
}

/** What a page may say. */
export interface CardPageEvents {
  /** It was just made. */
  ready(): void;
  /** It wants everything again. */
  refresh(): void;
  request(id: number, request: CardRequest): void;
}

/** The page of an open card, as long as there is one: a panel that was closed throws at everything. */
export class CardPage implements Disposable {
  private webview: PanelWithPage["webview"] | undefined;

  constructor({ webview }: PanelWithPage) {
    this.webview = webview;
  }

  post(message: ToCard): void {
    void this.webview?.postMessage(message);
  }

  /** Tells of what the page says; what nobody knows is left aside. */
  listen(events: CardPageEvents, logger: Logger): Disposable {
    return (
      this.webview?.onDidReceiveMessage((data) => {
        const { success, data: message, error } = fromCardSchema.safeParse(data);
        if (!success) {
          logger.error("The hopper card sent something unknown.", error);
        } else if (message.type === "request") {
          events.request(message.id, message.request);
        } else {
          events[message.type]();
        }
      }) ?? toDisposable(() => undefined)
    );
  }

  dispose(): void {
    this.webview = undefined;
  }
}
