import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type Clock, yieldToEventLoop } from "../base/clock";
import type { Answer } from "./answer";

/** A long answer, made and sent piece by piece so that others have their turn in between. */
export class AnswerStream {
  constructor(
    readonly pieces: Iterable<string | Buffer> | AsyncIterable<string | Buffer>,
    readonly contentType = jsonType,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

const jsonType = "application/json; charset=utf-8";
/** How long a client may take to make room for the next piece of a long answer. */
const drainTime = 10_000;

/** Nothing of this is to be kept, or taken for a script, by a browser. No CORS: that is meant. */
const safety = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": "default-src 'none'",
} as const;

/** The headers of every answer to one that is the last on its connection, as all are. */
export function headersOf(contentType: string): Readonly<Record<string, string>> {
  return { ...safety, "Content-Type": contentType, Connection: "close" };
}

/** Sends an answer as the last thing on its connection; a client that is gone gets none. */
export function send(response: ServerResponse, answer: Answer): void {
  if (response.destroyed || response.headersSent) {
    return;
  }
  const text = JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    ...answer.headers,
    ...headersOf(jsonType),
    "Content-Length": Buffer.byteLength(text),
  });
  response.end(text);
}

/** Refuses what could not be read as a request, so that there is no response to write to. */
export function refuseUnread(socket: Duplex, { status, body }: Answer): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const text = JSON.stringify(body);
  const headers = { ...headersOf(jsonType), "Content-Length": String(Buffer.byteLength(text)) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const first = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
  socket.end(`${first}${lines.join("")}\r\n${text}`);
}

/**
 * Sends a long answer. Of one that fails in the middle the client sees that the connection ends
 * before the answer does.
 */
export async function sendStream(
  response: ServerResponse,
  stream: AnswerStream,
  clock: Clock,
): Promise<void> {
  // The first piece is made before anything is said: what fails by then is still answered properly.
  const pieces = iteratorOf(stream.pieces);
  let piece = await pieces.next();
  if (response.destroyed) {
    return;
  }
  response.writeHead(200, { ...stream.headers, ...headersOf(stream.contentType) });
  while (piece.done !== true && !isOver(response)) {
    if (!response.write(piece.value)) {
      await drained(response, clock);
    }
    await yieldToEventLoop();
    piece = isOver(response) ? { done: true, value: undefined } : await pieces.next();
  }
  await pieces.return?.();
  response.end();
}

/**
 * A function, since TypeScript does not know that it changes while we wait. The response learns of its
 * socket's end some turns later, when the queue may be closed already.
 */
function isOver({ destroyed, socket }: ServerResponse): boolean {
  return destroyed || socket?.destroyed === true;
}

function iteratorOf<T>(
  pieces: Iterable<T> | AsyncIterable<T>,
): Iterator<T, unknown> | AsyncIterator<T, unknown> {
  return Symbol.asyncIterator in pieces
    ? pieces[Symbol.asyncIterator]()
    : pieces[Symbol.iterator]();
}

function drained(response: ServerResponse, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const deadline = clock.after(drainTime, () => response.destroy());
    const settle = (): void => {
      deadline.dispose();
      response.off("drain", settle).off("close", settle);
      resolve();
    };
    response.on("drain", settle).on("close", settle);
  });
}
