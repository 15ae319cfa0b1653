import { createServer, type ListenOptions, type Server, type Socket } from "node:net";
import type { Clock } from "../base/clock";
import { errorMessage, errorWords, HopperError } from "../base/errors";
import type { Logger } from "../base/log";
import { words } from "../base/words";
import type { Purpose } from "./handshake";

/** How long a client may take to send its request's headers, and to take its answer. */
export const headersTime = 5_000;
export const answerTime = 10_000;
/** How long a request that is being worked on may hold up the closing of its door. */
const closeTime = 2_000;
/** How long one that is on its way may: its client sends it at once. */
const arrivalTime = 250;

export interface DoorOptions {
  /** More connections at once are dropped: the process shall not run out of descriptors. */
  readonly maxConnections: number;
  /** Says who we are before HTTP is spoken; rejects to refuse the connection. */
  readonly greet?: (socket: Socket) => Promise<Purpose>;
  /** Takes a connection on which HTTP is to be spoken. */
  readonly admit: (socket: Socket) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One place where clients come in: its connections, their time limits and their end. */
export class Door {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  /** Connections whose request is being worked on or answered. */
  private readonly busy = new Set<Socket>();
  /** Ends the wait for the headers of a connection's request. */
  private readonly waits = new WeakMap<Socket, () => void>();

  constructor(private readonly options: DoorOptions) {
    // As http does it: a client that has said all it wants to say still gets its answer.
    this.server = createServer({ allowHalfOpen: true }, (socket) => void this.accept(socket));
    this.server.maxConnections = options.maxConnections;
  }

  /** The port, once it is open to one. */
  get port(): number | undefined {
    const address = this.server.address();
    return typeof address === "object" ? address?.port : undefined;
  }

  /**
   * Resolves when clients can connect.
   *
   * @throws HopperError `unavailable` when it cannot listen.
   */
  async open(where: ListenOptions): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.server.once("error", reject);
        this.server.listen({ ...where, exclusive: true }, () => {
          this.server.off("error", reject);
          resolve();
        });
      });
      this.server.on("error", (error) => this.options.logger.error("The API failed.", error));
    } catch (error) {
      this.server.close();
      const place = where.path ?? `${where.host ?? ""}:${where.port ?? 0}`;
      throw new HopperError(
        "unavailable",
        words`The queue's owner cannot listen on ${place}: ${errorWords(error)}`,
        { cause: error },
      );
    }
  }

  /** A request has arrived: its connection is not closed before it is answered. */
  begin(socket: Socket): void {
    this.waits.get(socket)?.();
    this.busy.add(socket);
  }

  /** It was answered: the client has a moment to take the answer. */
  finish(socket: Socket): void {
    this.limit(socket, answerTime);
  }

  /** The connection is a WebSocket now: it may last, and whoever talks over it ends it. */
  release(socket: Socket): void {
    this.busy.delete(socket);
  }

  /**
   * Stops listening and closes every connection; requests that are on their way or being worked on
   * get a moment to be answered. Resolves when nothing is left.
   */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    const arrival = this.options.clock.after(arrivalTime, () => {
      for (const socket of this.sockets) {
        if (!this.busy.has(socket)) {
          socket.destroy();
        }
      }
    });
    const deadline = this.options.clock.after(closeTime, () => {
      for (const socket of this.sockets) {
        socket.destroy();
      }
    });
    await closed;
    arrival.dispose();
    deadline.dispose();
  }

  private async accept(socket: Socket): Promise<void> {
    this.sockets.add(socket);
    socket.on("close", () => {
      this.sockets.delete(socket);
      this.busy.delete(socket);
    });
    // A connection that breaks concerns only its client, who sees it too.
    socket.on("error", () => socket.destroy());
    let purpose: Purpose | undefined;
    try {
      purpose = await this.options.greet?.(socket);
    } catch (error) {
      this.options.logger.debug(`A connection was refused: ${errorMessage(error)}`);
      socket.destroy();
      return;
    }
    if (purpose === "wait") {
      // It was to say nothing more. Without reading on, its end would not be noticed.
      socket.on("data", () => socket.destroy()).on("end", () => socket.destroy());
      return;
    }
    this.waits.set(socket, this.limit(socket, headersTime));
    this.options.admit(socket);
  }

  /** Destroys the socket after that time unless the result is called, or it closes, before. */
  private limit(socket: Socket, milliseconds: number): () => void {
    if (socket.destroyed) {
      return () => undefined;
    }
    const deadline = this.options.clock.after(milliseconds, () => socket.destroy());
    socket.once("close", () => deadline.dispose());
    return () => deadline.dispose();
  }
}
