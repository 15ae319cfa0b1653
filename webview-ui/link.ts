import {
  type CardRequest,
  type FromCard,
  type ToCard,
  toCardSchema,
} from "../src/core/protocol/card/cardMessages";

/** What is said to the card without being asked for. */
export type CardNews = Exclude<ToCard, { readonly type: "answer" | "refusal" | "working" }>;

export interface LinkOptions {
  readonly post: (message: FromCard) => void;
  readonly onNews: (news: CardNews) => void;
  /** A message that we do not know: the two sides are not of one build. */
  readonly onUnknown: (error: unknown) => void;
  /** Calls back after some milliseconds, unless it is called off. */
  readonly after: (milliseconds: number, then: () => void) => () => void;
}

/** So long, in milliseconds, nothing may be heard of a request: it says that it is being worked on. */
export const patience = 10_000;

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  callOff: () => void;
}

/** The way to the extension: each request is answered once, refused, or given up. */
export class Link {
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;

  constructor(private readonly options: LinkOptions) {}

  /** Asks for everything that the card shows. */
  ready(): void {
    this.options.post({ type: "ready" });
  }

  /** Asks for all of it again. */
  refresh(): void {
    this.options.post({ type: "refresh" });
  }

  /** @throws Error with a message for the user: refused, or no answer came. */
  request(request: CardRequest): Promise<unknown> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject, callOff: this.giveUpLater(id) });
      this.options.post({ type: "request", id, request });
    });
  }

  /** Takes whatever arrived. */
  receive(data: unknown): void {
    const message = toCardSchema.safeParse(data);
    if (!message.success) {
      this.options.onUnknown(message.error);
      return;
    }
    switch (message.data.type) {
      case "answer":
        this.take(message.data.id)?.resolve(message.data.result);
        break;
      case "refusal":
        this.take(message.data.id)?.reject(new Error(message.data.message));
        break;
      case "working":
        this.keep(message.data.id);
        break;
      default:
        this.options.onNews(message.data);
    }
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
