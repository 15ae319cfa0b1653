import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Clock } from "../base/clock";
import { errorMessage } from "../base/errors";
import { type Disposable, DisposableStore, toDisposable } from "../base/lifecycle";
import type { Logger } from "../base/log";
import { validate } from "../base/validate";
import { type ClientMessage, clientMessage, type ServerMessage } from "./eventMessages";
import { messagesOf } from "./eventFrames";
import { snapshotJson } from "./longAnswers";
import type { QueueSource } from "./queueSource";
import type { StreamPosition } from "./requestSchemas";

export interface EventClientOptions {
  readonly queue: QueueSource;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Closing codes of RFC 6455 that we give. */
const closeCodes = { goingAway: 1001, policy: 1008, tooSlow: 1013, bug: 1011 } as const;

/** What may wait for a client that does not read; beyond that it is closed. */
export const longestBacklog = 4 * 1024 * 1024;
/** How many events a client may have missed and still go on without a snapshot. */
export const longestGap = 10_000;
/** Messages and pings that a client may send in a second. */
export const messagesPerSecond = 20;
/** Logs that a client may follow at once. */
export const longestSubscriptions = 16;
/** How long a client may take to answer a closing, or to read what waits for it before that. */
const closeTime = 2_000;
const eventsPerTurn = 500;

/** One client of the event stream: brought up to date at its own pace, then told what happens. */
export class EventClient implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly logs = new Map<string, AbortController>();
  /** The newest event that was sent. */
  private cursor = 0;
  /** Everything up to the newest event was sent: what happens next is handed over as it happens. */
  private isLive = false;
  private answersPings = true;
  private second = { start: 0, messages: 0 };

  constructor(
    private readonly webSocket: WebSocket,
    private readonly socket: Duplex,
    private readonly options: EventClientOptions,
  ) {
    const { logger } = options;
    webSocket.on("error", (error) => logger.debug(`An event stream failed: ${error.message}`));
    webSocket.on("pong", () => (this.answersPings = true));
    webSocket.on("ping", () => this.countMessage());
    webSocket.on("close", () => this.dispose());
  }

  /** Sends what the client lacks: the events after its position, or a snapshot. */
  async begin(position: StreamPosition): Promise<void> {
    try {
      const begun = this.catchUp(position);
      this.webSocket.on("message", (data, isBinary) => {
        // As the server is made, a message is one buffer; what is no text is refused.
        const text = Buffer.isBuffer(data) && !isBinary ? data.toString("utf8") : undefined;
        void begun.then(() => this.receive(text));
      });
      await begun;
    } catch (error) {
      this.options.logger.error("An event stream failed.", error);
      this.close(closeCodes.bug, "internal error");
    }
  }

  /**
   * Sends events as they happen: past the WebSocket, which would frame them for each client anew. It
   * has nothing half-sent then, since it sends in pieces only what comes before a client is live.
   *
   * @param frames one for each of the events, made once for all.
   */
  deliver(frames: readonly { readonly eventId: number; readonly bytes: Buffer }[]): void {
    if (!this.isLive || !this.isOpen) {
      return;
    }
    this.socket.cork();
    for (const { eventId, bytes } of frames) {
      if (eventId > this.cursor) {
        this.socket.write(bytes);
        this.cursor = eventId;
      }
    }
    this.socket.uncork();
    if (this.webSocket.bufferedAmount > longestBacklog) {
      this.close(closeCodes.tooSlow, "too slow: connect again with since");
    }
  }

  /** Asks for a sign of life; a client that gave none since the last time is dropped. */
  ping(): void {
    if (!this.answersPings) {
      this.webSocket.terminate();
      return;
    }
    this.answersPings = false;
    if (this.isOpen) {
      this.webSocket.ping();
    }
  }

  /** Says goodbye. */
  end(): void {
    this.close(closeCodes.goingAway, "the queue's owner ends");
  }

  dispose(): void {
    this.isLive = false;
    for (const log of this.logs.values()) {
      log.abort();
    }
    this.disposables.dispose();
  }

  private get isOpen(): boolean {
    return this.webSocket.readyState === this.webSocket.OPEN;
  }

  private async catchUp(position: StreamPosition): Promise<void> {
    const { queue } = this.options;
    const { since } = position;
    if (since !== undefined && canResume(queue, since, position.database_id)) {
      this.cursor = since;
      const { databaseId: database_id } = queue;
      await this.send({ type: "resumed", event_id: since, database_id });
    } else {
      this.cursor = queue.lastEventId;
      await this.sendInPieces(snapshotJson(queue, { type: "snapshot" }));
    }
    while (this.isOpen) {
      const events = queue.events(this.cursor, eventsPerTurn);
      const last = events.at(-1);
      if (last === undefined) {
        // In the same turn as the look at the queue: nothing can come in between.
        this.isLive = true;
        return;
      }
      this.cursor = last.event_id;
      const sent = messagesOf(events, queue).map((message) => this.send(message));
      await Promise.all(sent);
    }
  }

  private receive(text: string | undefined): void {
    if (!this.isOpen || !this.countMessage()) {
      return;
    }
    let message: ClientMessage;
    try {
      message = validate(clientMessage, JSON.parse(text ?? ""), "The message");
    } catch (error) {
      // A reason may have 123 bytes.
      this.close(closeCodes.policy, errorMessage(error).slice(0, 40));
      return;
    }
    // One that is followed already makes room for itself.
    this.logs.get(message.attempt_id)?.abort();
    this.logs.delete(message.attempt_id);
    if (message.type === "subscribe_log") {
      void this.followLog(message.attempt_id, message.offset ?? 0);
    }
  }

  private async followLog(attemptId: string, offset: number): Promise<void> {
    const { queue, logger } = this.options;
    const attempt = queue.attempt(attemptId);
    if (attempt === undefined || this.logs.size >= longestSubscriptions) {
      const detail =
        attempt === undefined
          ? `There is no attempt ${attemptId} in this queue.`
          : `More than ${longestSubscriptions} logs cannot be followed at once.`;
      await this.send({ type: "error", detail });
      return;
    }
    const abort = new AbortController();
    this.logs.set(attemptId, abort);
    const decoder = new TextDecoder();
    try {
      for await (const piece of queue.followLog(attempt, offset, abort.signal)) {
        const text = decoder.decode(piece.bytes, { stream: true });
        const { offset: from, nextOffset: next_offset } = piece;
        // Waiting until it is taken: a client that reads slowly is read to slowly.
        await this.send({ type: "log", attempt_id: attemptId, offset: from, next_offset, text });
      }
      if (!abort.signal.aborted) {
        await this.send({ type: "log_end", attempt_id: attemptId });
      }
    } catch (error) {
      logger.warn(`The log of attempt ${attemptId} cannot be followed: ${errorMessage(error)}`);
      await this.send({ type: "error", detail: `The log of ${attemptId} cannot be read.` });
    } finally {
      if (this.logs.get(attemptId) === abort) {
        this.logs.delete(attemptId);
      }
    }
  }

  /** Resolves when the message is on its way, or will never be. */
  private send(message: ServerMessage): Promise<void> {
    return this.sendFrame(JSON.stringify(message), true);
  }

  /** One message, made and sent piece by piece. */
  private async sendInPieces(pieces: Iterable<string | Buffer>): Promise<void> {
    for (const piece of pieces) {
      await this.sendFrame(piece, false);
      if (!this.isOpen) {
        return;
      }
    }
    await this.sendFrame("", true);
  }

  private sendFrame(text: string | Buffer, fin: boolean): Promise<void> {
    return new Promise((resolve) => {
      if (this.isOpen) {
        this.webSocket.send(text, { binary: false, fin }, () => resolve());
      } else {
        resolve();
      }
    });
  }

  /** @returns false when the client sends too much, and is closed. */
  private countMessage(): boolean {
    const now = this.options.clock.monotonic();
    if (now - this.second.start >= 1_000) {
      this.second = { start: now, messages: 0 };
    }
    this.second.messages += 1;
    if (this.second.messages > messagesPerSecond) {
      this.close(closeCodes.policy, "too many messages");
      return false;
    }
    return true;
  }

  private close(code: number, reason: string): void {
    if (this.isOpen) {
      this.isLive = false;
      this.webSocket.close(code, reason);
      const deadline = this.options.clock.after(closeTime, () => this.webSocket.terminate());
      this.disposables.add(toDisposable(() => deadline.dispose()));
    }
  }
}

/** A client that knows more than this queue has followed another one, whatever it is called. */
function canResume(queue: QueueSource, since: number, databaseId = queue.databaseId): boolean {
  const missed = queue.lastEventId - since;
  return databaseId === queue.databaseId && missed >= 0 && missed <= longestGap;
}
