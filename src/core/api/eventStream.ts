import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Disposable } from "../base/lifecycle";
import type { QueueEvent } from "../protocol/queue";
import { EventClient, type EventClientOptions } from "./eventClient";
import { messagesOf, textFrame } from "./eventFrames";
import type { StreamPosition } from "./requestSchemas";

/** How often clients are asked for a sign of life: one that is dead is dropped within twice that. */
export const pingTime = 30_000;
/** Bytes that a message of a client may have. */
export const longestMessage = 64 * 1024;

export interface EventStreamOptions extends EventClientOptions {
  /** More clients at once are refused. */
  readonly maxClients: number;
}

/** Tells every client of the event stream what happens in the queue. */
export class EventStream implements Disposable {
  private readonly clients = new Set<EventClient>();
  private readonly server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: longestMessage,
  });
  private readonly listening: Disposable;
  private pingTimer: Disposable | undefined;
  private waiting: QueueEvent[] = [];

  constructor(private readonly options: EventStreamOptions) {
    this.listening = options.queue.onDidChange((events) => this.collect(events));
  }

  get isFull(): boolean {
    return this.clients.size >= this.options.maxClients;
  }

  /** Makes a request that was let in a WebSocket. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, position: StreamPosition): void {
    this.server.handleUpgrade(request, socket, head, (webSocket) => {
      const client = new EventClient(webSocket, socket, this.options);
      this.clients.add(client);
      webSocket.on("close", () => this.clients.delete(client));
      this.pingTimer ??= this.pingLater();
      void client.begin(position);
    });
  }

  /** Says goodbye to every client. */
  dispose(): void {
    this.listening.dispose();
    this.pingTimer?.dispose();
    for (const client of this.clients) {
      client.end();
    }
  }

  /**
   * Sent after this turn of the event loop: what follows from a change, the start of the next phase
   * above all, does not wait for the clients. The events of several changes go out together.
   */
  private collect(events: readonly QueueEvent[]): void {
    if (this.waiting.length === 0) {
      setImmediate(() => this.flush());
    }
    this.waiting.push(...events);
  }

  private flush(): void {
    const events = this.waiting;
    this.waiting = [];
    if (this.clients.size === 0) {
      return;
    }
    // Made once, for all clients alike: a text, or a frame, for each would cost more than the sending.
    const frames = messagesOf(events, this.options.queue).map((message, index) => ({
      eventId: events[index]?.event_id ?? 0,
      bytes: textFrame(JSON.stringify(message)),
    }));
    for (const client of this.clients) {
      client.deliver(frames);
    }
  }

  private pingLater(): Disposable {
    return this.options.clock.after(pingTime, () => {
      for (const client of this.clients) {
        client.ping();
      }
      this.pingTimer = this.clients.size === 0 ? undefined : this.pingLater();
    });
  }
}
