import * as z from "zod/mini";
import {
  type CardRequest,
  type FromCard,
  type ToCard,
  toCardSchema,
} from "../src/core/protocol/card/cardMessages";
import { checkerOf } from "./checkerOf";

/** What is said to the card without being asked for. */
export type CardNews = Exclude<ToCard, { readonly type: "answer" | "refusal" | "working" }>;

export interface LinkOptions {
  readonly post: (message: FromCard) => void;
  readonly onNews: (news: CardNews) => void;
  /** What is to be shown came in a form that we do not know: the two sides are not of one build. */
  readonly onUnreadable: (type: "state" | "changes") => void;
  /** Nothing came of what the card is to show. */
  readonly onSilence: () => void;
  /** Calls back after some milliseconds, unless it is called off. */
  readonly after: (milliseconds: number, then: () => void) => () => void;
}

/** So long, in milliseconds, nothing may be heard of a request: it says that it is being worked on. */
export const patience = 10_000;

/** Of the messages those that are missed when they cannot be read. */
const dataType = z.object({ type: z.enum(["state", "changes"]) });

const isToCard = checkerOf(toCardSchema);

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  callOff: () => void;
}

/** The way to the extension: each request is answered once, refused, or given up. */
export class Link {
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;
  /** Calls off the waiting for what the card is to show. */
  private awaited: (() => void) | undefined;

  constructor(private readonly options: LinkOptions) {}

  /** Asks for everything that the card shows. */
  ready(): void {
    this.ask({ type: "ready" });
  }

  /** Asks for all of it again. */
  refresh(): void {
    this.ask({ type: "refresh" });
  }

  /** @throws Error with a message for the user: refused, or no answer came. */
  request(request: CardRequest): Promise<unknown> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject, callOff: this.giveUpLater(id) });
      this.options.post({ type: "request", id, request });
    });
  }

  /** Takes whatever arrived; what nobody knows, and nobody misses, is left aside. */
  receive(data: unknown): void {
    if (!isToCard(data)) {
      const { data: type } = dataType.safeParse(data);
      if (type) {
        this.options.onUnreadable(type.type);
      }
      return;
    }
    switch (data.type) {
      case "answer":
        this.take(data.id)?.resolve(data.result);
        break;
      case "refusal":
        this.take(data.id)?.reject(new Error(data.message));
        break;
      case "working":
        this.keep(data.id);
        break;
      case "state":
      case "trouble":
        this.awaited?.();
        this.options.onNews(data);
        break;
      default:
        this.options.onNews(data);
    }
  }

  private ask(message: FromCard): void {
    this.awaited?.();
    this.awaited = this.options.after(patience, this.options.onSilence);
    this.options.post(message);
  }

  private take(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    pending?.callOff();
    return pending;
  }

  private keep(id: number): void {
    const pending = this.pending.get(id);
    if (pending) {
      pending.callOff();
      pending.callOff = this.giveUpLater(id);
    }
  }

  private giveUpLater(id: number): () => void {
    return this.options.after(patience, () =>
      this.take(id)?.reject(
        new Error("The extension does not answer. What was asked for may have been done."),
      ),
    );
  }
}
