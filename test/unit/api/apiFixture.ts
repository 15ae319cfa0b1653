import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ApiServer, createApiServer } from "../../../src/core/api/server";
import { performHandshake } from "../../../src/core/api/handshake";
import { type Clock, systemClock } from "../../../src/core/base/clock";
import type { Logger } from "../../../src/core/base/log";
import { FakeCommands } from "./fakeCommands";

export const token = "5ec2e7".padEnd(64, "0");

/** A server on a socket of its own, its fake commands, and connections that end with it. */
export class ApiFixture {
  readonly commands = new FakeCommands();
  readonly errors: unknown[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), "hopper-api-"));
  readonly socketPath = join(this.folder, "api.sock");
  readonly server: ApiServer;
  private readonly sockets: Socket[] = [];

  constructor(clock: Clock = systemClock) {
    const logger: Logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: (_message, error) => this.errors.push(error),
    };
    this.server = createApiServer({
      commands: this.commands,
      socketPath: this.socketPath,
      token,
      clock,
      logger,
      version: "1.2.3",
    });
  }

  async dispose(): Promise<void> {
    for (const socket of this.sockets) {
      socket.destroy();
    }
    await this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A bare connection; what comes back is kept in its `text`. */
  connect(): Connection {
    const socket = connect(this.socketPath);
    this.sockets.push(socket);
    return new Connection(socket);
  }

  /** A connection that has shaken hands. */
  async greeted(): Promise<Connection> {
    const socket = connect(this.socketPath);
    this.sockets.push(socket);
    await performHandshake(socket, token, systemClock);
    return new Connection(socket);
  }

  /** Sends these bytes after a handshake and answers all that comes back. */
  async raw(...parts: readonly (string | Buffer)[]): Promise<Reply> {
    const connection = await this.greeted();
    for (const part of parts) {
      connection.socket.write(part);
    }
    return replyOf(await connection.end);
  }

  /** Sends one request, right in every respect but those that `change` says. */
  request(method: string, path: string, change: RequestChange = {}): Promise<Reply> {
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
    return this.raw(`${method} ${path} ${version}\r\n${lines.join("")}\r\n`, body);
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
  const [head = "", body = ""] = text.split("\r\n\r\n");
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0);
  const json: unknown = body === "" ? undefined : JSON.parse(body);
  return { status, head, json };
}
