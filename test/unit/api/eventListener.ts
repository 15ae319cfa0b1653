import type { Socket } from "node:net";
import { WebSocket } from "ws";
import * as z from "zod";
import { problemsOfSchema } from "./openApiSchemas";
import { until } from "./until";

const message = z.looseObject({ type: z.string(), event_id: z.int().optional() });
export type Message = z.infer<typeof message>;

export interface ListenerOptions {
  readonly url: string;
  readonly token: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A connection that is open already, as over the local socket after the handshake. */
  readonly socket?: Socket;
  readonly autoPong?: boolean;
}

/** A stock WebSocket client of the event stream; keeps what it was told, and how it ended. */
export class EventListener {
  readonly messages: Message[] = [];
  readonly webSocket: WebSocket;
  closeCode: number | undefined;
  closeReason = "";
  /** The status of an answer that is no WebSocket. */
  refusedWith: number | undefined;
  private checked: Promise<readonly string[]> = Promise.resolve([]);

  constructor({ url, token, headers, socket, autoPong = true }: ListenerOptions) {
    this.webSocket = new WebSocket(url, {
      headers: { Authorization: `Bearer ${token}`, ...headers },
      autoPong,
      ...(socket && { createConnection: () => socket }),
    });
    this.webSocket.on("message", (data: Buffer) => {
      const value = message.parse(JSON.parse(data.toString("utf8")));
      this.messages.push(value);
      if (this.messages.length <= 200) {
        this.checked = this.checked.then(async (problems) => [
          ...problems,
          ...(await problemsOfSchema("EventMessage", value)),
        ]);
      }
    });
    this.webSocket.on("close", (code, reason) => {
      this.closeCode = code;
      this.closeReason = reason.toString();
    });
    this.webSocket.on("unexpected-response", (request, response) => {
      this.refusedWith = response.statusCode;
      response.resume();
      request.destroy();
    });
    this.webSocket.on("error", () => undefined);
  }

  /** What the OpenAPI document does not know of the first messages; all of it is wrong. */
  get problems(): Promise<readonly string[]> {
    return this.checked;
  }

  get last(): Message | undefined {
    return this.messages.at(-1);
  }

  /** Ids of the events that were told. */
  get ids(): number[] {
    return this.of("queue_update").map(({ event_id }) => event_id ?? 0);
  }

  of(type: string): Message[] {
    return this.messages.filter((message) => message.type === type);
  }

  /** Waits for so many messages. */
  async has(count: number): Promise<void> {
    await until(() => this.messages.length >= count);
  }

  async closed(): Promise<number> {
    await until(() => this.closeCode !== undefined);
    return this.closeCode ?? 0;
  }

  say(value: unknown): void {
    this.webSocket.send(JSON.stringify(value));
  }

  end(): void {
    this.webSocket.terminate();
  }
}
