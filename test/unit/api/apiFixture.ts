import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ApiServer,
  type ApiServerOptions,
  createApiServer,
} from "../../../src/core/api/server";
import { performHandshake, type Purpose } from "../../../src/core/api/handshake";
import { type Clock, systemClock } from "../../../src/core/base/clock";
import type { Logger } from "../../../src/core/base/log";
import { EventListener, type ListenerOptions } from "./eventListener";
import { FakeCommands } from "./fakeCommands";
import { FakeQueue } from "./fakeQueue";
import { assertDescribed } from "./openApiSchemas";

export const token = "5ec2e7".padEnd(64, "0");
/** What clients over TCP bring. */
export const tcpToken = "7c9".padEnd(64, "0");

/** A server on a socket of its own, its fake commands, and connections that end with it. */
export class ApiFixture {
  readonly commands = new FakeCommands();
  readonly queue = new FakeQueue();
  readonly errors: unknown[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), "hopper-api-"));
  readonly socketPath = join(this.folder, "api.sock");
  readonly server: ApiServer;
  /** Set by {@link openTcp}. */
  port = 0;
  private readonly sockets: Socket[] = [];
  private readonly listeners: EventListener[] = [];

  constructor(clock: Clock = systemClock, options: Partial<ApiServerOptions> = {}) {
    const logger: Logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: (_message, error) => this.errors.push(error),
    };
    this.server = createApiServer({
      commands: this.commands,
      queue: this.queue,
      socketPath: this.socketPath,
      token,
      clock,
      logger,
      version: "1.2.3",
      ...options,
    });
  }

  async dispose(): Promise<void> {
    for (const socket of this.sockets) {
      socket.destroy();
    }
    for (const listener of this.listeners) {
      listener.end();
    }
    await this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Listens on the socket and over TCP, where its token is {@link tcpToken}. */
  async open(): Promise<this> {
    await this.server.listen();
    this.port = await this.server.openTcp(0, tcpToken);
    return this;
  }

  /** A stock WebSocket client of the event stream, over TCP. */
  follow(query = "", options: Partial<ListenerOptions> = {}): EventListener {
    const url = `ws://127.0.0.1:${this.port}/api/events${query}`;
    const listener = new EventListener({ url, token: tcpToken, ...options });
    this.listeners.push(listener);
    return listener;
  }

  /** The same over the local socket. */
  async followLocally(query = ""): Promise<EventListener> {
    const socket = await this.shakenHands();
    return this.follow(query, { url: `ws://localhost/api/events${query}`, token, socket });
  }

  /** A bare connection; what comes back is kept in its `text`. */
  connect(): Connection {
    const socket = connect(this.socketPath);
    this.sockets.push(socket);
    return new Connection(socket);
  }

  /** A connection that has shaken hands. */
  async greeted(purpose?: Purpose): Promise<Connection> {
    return new Connection(await this.shakenHands(purpose));
  }

  private async shakenHands(purpose?: Purpose): Promise<Socket> {
    const socket = connect(this.socketPath);
    this.sockets.push(socket);
    await performHandshake(socket, token, systemClock, purpose);
    return socket;
  }

  /** Sends these bytes after a handshake and answers all that comes back. */
  async raw(...parts: readonly (string | Buffer)[]): Promise<Reply> {
    const connection = await this.greeted();
    for (const part of parts) {
      connection.socket.write(part);
    }
    return replyOf(await connection.end);
  }

  /**
   * Sends one request, right in every respect but those that `change` says. The OpenAPI document has to
   * describe what is answered.
   */
  async request(method: string, path: string, change: RequestChange = {}): Promise<Reply> {
    const body = change.body ?? "";
    const headers = {
      Host: "localhost",
      Authorization: `Bearer ${token}`,
      "Content-Type": "application/json",
      "Content-Length": String(Buffer.byteLength(body)),
      ...change.headers,
    };
    const lines: string[] = [];
    for (const [name, value] of Object.entries<RequestHeader>(headers)) {
      for (const one of typeof value === "string" ? [value] : (value ?? [])) {
        lines.push(`${name}: ${one}\r\n`);
      }
    }
    const version = change.version ?? "HTTP/1.1";
    const reply = await this.raw(`${method} ${path} ${version}\r\n${lines.join("")}\r\n`, body);
    await assertDescribed(method, path, reply.status, reply.json);
    return reply;
  }
}

type RequestHeader = string | readonly string[] | undefined;

export interface RequestChange {
  readonly body?: string;
  /** Replaced or added; an undefined one is left out, a list is sent as several headers. */
  readonly headers?: Readonly<Record<string, RequestHeader>>;
  readonly version?: string;
}

export interface Reply {
  /** 0 when the connection ended without an answer. */
  readonly status: number;
  readonly head: string;
  readonly json: unknown;
}

export class Connection {
  text = "";
  /** All that was received, once the server has closed the connection. */
  readonly end: Promise<string>;

  constructor(readonly socket: Socket) {
    socket.on("data", (chunk: Buffer) => {
      this.text += chunk.toString("utf8");
    });
    socket.on("error", () => undefined);
    this.end = new Promise((resolve) => {
      socket.once("close", () => resolve(this.text));
    });
  }
}

function replyOf(text: string): Reply {
  const end = text.indexOf("\r\n\r\n");
  const head = text.slice(0, end);
  const rest = text.slice(end + 4);
  const body = /^transfer-encoding: chunked/im.test(head) ? unchunked(rest) : rest;
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0);
  const isJson = /^content-type: application\/json/im.test(head);
  const json: unknown = isJson ? JSON.parse(body) : body;
  return { status, head, json };
}

/** The body of a chunked answer; without its last chunk it broke off, which fails. */
function unchunked(text: string): string {
  const bytes = Buffer.from(text);
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    if (size === 0) {
      return Buffer.concat(parts).toString("utf8");
    }
    if (!(size > 0)) {
      throw new Error("a chunked answer broke off");
    }
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
