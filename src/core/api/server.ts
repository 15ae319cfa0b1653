import { chmod } from "node:fs/promises";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { type Clock, delay } from "../base/clock";
import { errorCode, HopperError } from "../base/errors";
import type { Logger } from "../base/log";
import { words } from "../base/words";
import type { HopperCommands } from "../protocol/commands";
import { type Answer, refusal } from "./answer";
import { Door } from "./door";
import { followEvents } from "./eventRoute";
import { EventStream } from "./eventStream";
import { type Access, type Admitted, type Decision, decide, localHost } from "./guard";
import { answerHandshake, type Purpose } from "./handshake";
import type { QueueSource } from "./queueSource";
import { handleRequest } from "./requestHandler";
import { routes } from "./routes";
import { refuseUnread, send } from "./send";
import { TokenFailures } from "./tokenFailures";

export interface ApiServerOptions {
  readonly commands: HopperCommands;
  readonly queue: QueueSource;
  /** A socket's path that no other server uses, or a named pipe. */
  readonly socketPath: string;
  /** What clients of the local socket bring. */
  readonly token: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told to clients in the `Server` header. */
  readonly version: string;
  /** Clients of the event stream at once; {@link usualEventClients} without it. */
  readonly maxEventClients?: number;
}

/** The owner's API: over its local socket always, over TCP while that is switched on. */
export interface ApiServer {
  /** Resolves when clients can connect. @throws HopperError `unavailable` when it cannot listen. */
  listen(): Promise<void>;
  /**
   * Lets clients of this machine in over TCP, with a token of their own.
   *
   * @param port 0 is any that is free.
   * @returns the port.
   * @throws HopperError `unavailable` when it cannot listen there, `conflict` when it does already.
   */
  openTcp(port: number, token: string): Promise<number>;
  closeTcp(): Promise<void>;
  /**
   * Stops listening and closes every connection; requests that are on their way or being worked on
   * get a moment to be answered. Resolves when nothing is left.
   */
  close(): Promise<void>;
}

/** More than a person's windows and scripts follow. */
export const usualEventClients = 128;
/** Beside those who follow events: enough for scripts, too few to run a process out of descriptors. */
export const maxRequests = 64;
/** The one address: no other machine can reach it. */
export const tcpHost = "127.0.0.1";

export function createApiServer(options: ApiServerOptions): ApiServer {
  return new OwnerServer(options);
}

/** A door with what is asked of those who come in by it. */
interface Entrance {
  readonly door: Door;
  readonly failures: TokenFailures;
  readonly access: () => Access;
}

/** Each connection is one request, or one event stream: nothing is kept that would have to be watched. */
class OwnerServer implements ApiServer {
  private readonly http: HttpServer;
  private readonly events: EventStream;
  private readonly local: Entrance;
  private tcp: Entrance | undefined;
  private readonly entrances = new WeakMap<Socket, Entrance>();

  constructor(private readonly options: ApiServerOptions) {
    const { clock, token, maxEventClients: maxClients = usualEventClients } = options;
    this.events = new EventStream({ ...options, maxClients });
    this.http = createHttpServer({ requireHostHeader: false });
    this.http.maxRequestsPerSocket = 1;
    this.http.on("request", (request, response) => void this.serve(request, response));
    this.http.on("clientError", (error, socket) => {
      const isTooLong = errorCode(error) === "HPE_HEADER_OVERFLOW";
      refuseUnread(
        socket,
        isTooLong
          ? refusal(431, "The request's headers are too large.")
          : refusal(400, "This is no request in HTTP."),
      );
    });
    this.http.on("upgrade", (request: IncomingMessage, _: unknown, head: Buffer) => {
      void this.serve(request, new ServerResponse(request), head);
    });
    const greet = (socket: Socket): Promise<Purpose> => answerHandshake(socket, token, clock);
    this.local = this.entrance(() => [localHost], token, greet);
  }

  async listen(): Promise<void> {
    const { socketPath } = this.options;
    await this.local.door.open({ path: socketPath });
    if (process.platform !== "win32") {
      await chmod(socketPath, 0o600);
    }
  }

  async openTcp(port: number, token: string): Promise<number> {
    if (this.tcp) {
      throw new HopperError("conflict", words`The API is open over TCP already.`);
    }
    const entrance: Entrance = this.entrance(() => hostsOf(entrance.door.port), token);
    this.tcp = entrance;
    try {
      await entrance.door.open({ host: tcpHost, port });
    } catch (error) {
      this.tcp = undefined;
      throw error;
    }
    return entrance.door.port ?? port;
  }

  async closeTcp(): Promise<void> {
    const { tcp } = this;
    this.tcp = undefined;
    await tcp?.door.close();
  }

  async close(): Promise<void> {
    this.events.dispose();
    await Promise.all([this.local.door.close(), this.closeTcp()]);
  }

  private entrance(
    hosts: () => readonly string[],
    token: string,
    greet?: (socket: Socket) => Promise<Purpose>,
  ): Entrance {
    const { clock, logger, queue, maxEventClients = usualEventClients } = this.options;
    const entrance: Entrance = {
      door: new Door({
        maxConnections: maxEventClients + maxRequests,
        ...(greet && { greet }),
        admit: (socket) => {
          this.entrances.set(socket, entrance);
          this.http.emit("connection", socket);
        },
        clock,
        logger,
      }),
      failures: new TokenFailures(clock),
      access: () => ({
        token,
        hosts: hosts(),
        isAttemptToken: (given) => queue.isAttemptToken(given),
      }),
    };
    return entrance;
  }

  /** @param head what came after the headers of a request that asks for an upgrade. */
  private async serve(
    request: IncomingMessage,
    response: ServerResponse,
    head?: Buffer,
  ): Promise<void> {
    const { socket } = request;
    const entrance = this.entrances.get(socket);
    if (!entrance) {
      socket.destroy();
      return;
    }
    const { logger, version } = this.options;
    entrance.door.begin(socket);
    response.setHeader("Server", `phase-hopper/${version}`);
    try {
      await this.answer(request, response, entrance, head);
    } catch (error) {
      logger.error("A request could not be answered.", error);
      socket.destroy();
    }
  }

  private async answer(
    request: IncomingMessage,
    response: ServerResponse,
    { door, access, failures }: Entrance,
    head: Buffer | undefined,
  ): Promise<void> {
    const { commands, queue, clock, logger } = this.options;
    const { socket } = request;
    const decision = this.decide(request, access(), head);
    if ("refused" in decision) {
      await this.refuse(response, socket, decision.refused, failures, head);
    } else if (head !== undefined) {
      door.release(socket);
      this.follow(request, socket, head, decision.admitted);
      return;
    } else {
      const context = { commands, queue };
      await handleRequest(request, response, decision.admitted, { context, clock, logger });
    }
    door.finish(socket);
  }

  private async refuse(
    response: ServerResponse,
    socket: Socket,
    answer: Answer,
    failures: TokenFailures,
    head: Buffer | undefined,
  ): Promise<void> {
    const wait = answer.status === 401 ? failures.note() : 0;
    if (wait > 0) {
      await delay(this.options.clock, wait);
    }
    if (head !== undefined) {
      // Node hands over the connection of a request that asks for an upgrade.
      response.assignSocket(socket);
      response.on("finish", () => socket.end());
    }
    send(response, answer);
  }

  private decide(request: IncomingMessage, access: Access, head: Buffer | undefined): Decision {
    const decision = decide(request, routes, access);
    const refused = "admitted" in decision && this.refuseHere(decision.admitted, head);
    return refused ? { refused } : decision;
  }

  /** What depends on more than the request: whether it is a WebSocket where one belongs, and has room. */
  private refuseHere({ route, query }: Admitted, head: Buffer | undefined): Answer | undefined {
    const isStream = route.name === followEvents.name;
    if (!isStream && head === undefined) {
      return undefined;
    }
    if (!isStream) {
      return refusal(400, "This route is no WebSocket.");
    }
    if (head === undefined) {
      return refusal(426, "This route is a WebSocket.", { Upgrade: "websocket" });
    }
    const { success, error } = followEvents.query.safeParse(query);
    if (!success) {
      return refusal(400, `The query is not valid: ${error.issues[0]?.message ?? ""}`);
    }
    return this.events.isFull ? refusal(503, "Too many clients follow the events.") : undefined;
  }

  private follow(
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    { query }: Admitted,
  ): void {
    this.events.accept(request, socket, head, followEvents.query.parse(query));
  }
}

function hostsOf(port: number | undefined): readonly string[] {
  return [`${tcpHost}:${port ?? 0}`, `localhost:${port ?? 0}`];
}
