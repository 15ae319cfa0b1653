import { chmod } from "node:fs/promises";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import type { Clock } from "../base/clock";
import { errorMessage, HopperError } from "../base/errors";
import type { Logger } from "../base/log";
import type { HopperCommands } from "../protocol/commands";
import { answerHandshake } from "./handshake";
import { localHost } from "./requestGuard";
import { handleRequest } from "./requestHandler";
import { routes } from "./routes";

export interface ApiServerOptions {
  readonly commands: HopperCommands;
  /** A socket's path that no other server uses, or a named pipe. */
  readonly socketPath: string;
  readonly token: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told to clients in the `Server` header. */
  readonly version: string;
}

/** The owner's API on its local socket: where followers send their commands. */
export interface ApiServer {
  /** Resolves when clients can connect. @throws HopperError `unavailable` when it cannot listen. */
  listen(): Promise<void>;
  /**
   * Stops listening and closes every connection; requests that are on their way or being worked on
   * get a moment to be answered. Resolves when nothing is left.
   */
  close(): Promise<void>;
}

/** More than a person's windows and scripts use, and too few to run a process out of descriptors. */
export const maxConnections = 64;
/** How long a client may take to send its request's headers, and to take its answer. */
export const headersTime = 5_000;
export const answerTime = 10_000;
/** How long a request that is being worked on may hold up the end of the server. */
const closeTime = 2_000;
/** How long one that is on its way may: its client has proof of the owner, and sends it at once. */
const arrivalTime = 250;

export function createApiServer(options: ApiServerOptions): ApiServer {
  return new LocalServer(options);
}

/** Each connection is a handshake and one request: nothing is kept that would have to be watched. */
class LocalServer implements ApiServer {
  private readonly http: HttpServer;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  /** Connections whose request is being worked on or answered. */
  private readonly busy = new Set<Socket>();
  /** Ends the wait for the headers of a connection's request. */
  private readonly headers = new WeakMap<Socket, () => void>();

  constructor(private readonly options: ApiServerOptions) {
    this.http = createHttpServer({ requireHostHeader: false });
    this.http.maxRequestsPerSocket = 1;
    this.http.on("request", (request, response) => void this.answer(request, response));
    // As http does it: a client that has said all it wants to say still gets its answer.
    this.server = createServer({ allowHalfOpen: true }, (socket) => void this.accept(socket));
    this.server.maxConnections = maxConnections;
  }

  async listen(): Promise<void> {
    const { socketPath } = this.options;
    try {
      await new Promise<void>((resolve, reject) => {
        this.server.once("error", reject);
        this.server.listen({ path: socketPath, exclusive: true }, () => {
          this.server.off("error", reject);
          resolve();
        });
      });
      this.server.on("error", (error) => this.options.logger.error("The API failed.", error));
      if (process.platform !== "win32") {
        await chmod(socketPath, 0o600);
      }
    } catch (error) {
      this.server.close();
      throw new HopperError(
        "unavailable",
        `The queue's owner cannot listen on ${socketPath}: ${errorMessage(error)}`,
        { cause: error },
      );
    }
  }

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
    try {
      await answerHandshake(socket, this.options.token, this.options.clock);
    } catch (error) {
      this.options.logger.debug(`A connection was refused: ${errorMessage(error)}`);
      socket.destroy();
      return;
    }
    this.headers.set(socket, this.limit(socket, headersTime));
    this.http.emit("connection", socket);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { commands, token, clock, logger, version } = this.options;
    const { socket } = request;
    this.headers.get(socket)?.();
    this.busy.add(socket);
    response.setHeader("Server", `phase-hopper/${version}`);
    try {
      await handleRequest(request, response, {
        routes,
        context: { commands },
        access: { token, hosts: [localHost] },
        clock,
        logger,
      });
      this.limit(socket, answerTime);
    } catch (error) {
      logger.error("A request could not be answered.", error);
      socket.destroy();
    }
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
