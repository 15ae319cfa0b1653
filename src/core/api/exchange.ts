import { request } from "node:http";
import { connect, type Socket } from "node:net";
import type { Clock } from "../base/clock";
import { errorWords, HopperError } from "../base/errors";
import { words } from "../base/words";
import { handshakeTime, performHandshake, type Purpose } from "./handshake";
import { localHost } from "./guard";

/** Where a workspace's owner listens, and the secret by which both sides know each other. */
export interface OwnerAddress {
  readonly socketPath: string;
  readonly token: string;
}

export interface OwnerRequest {
  readonly method: string;
  readonly path: string;
  /** The body, JSON already. */
  readonly text: string;
}

export interface OwnerAnswer {
  readonly status: number;
  /** Undefined where the answer is not JSON. */
  readonly json: unknown;
}

/** How long the owner may work on a command; a cancel waits for processes that do not want to end. */
export const workTime = 60_000;

/** Connects to the owner and has it prove that it is the owner. Rejects with `unavailable`. */
export async function openConnection(
  { socketPath, token }: OwnerAddress,
  clock: Clock,
  signal: AbortSignal,
  purpose?: Purpose,
): Promise<Socket> {
  const socket = connect(socketPath);
  // The error itself is seen by whoever waits for the socket.
  socket.on("error", () => socket.destroy());
  const abort = (): unknown => socket.destroy();
  signal.addEventListener("abort", abort);
  socket.once("close", () => signal.removeEventListener("abort", abort));
  try {
    signal.throwIfAborted();
    await connected(socket, clock);
    await performHandshake(socket, token, clock, purpose);
    return socket;
  } catch (error) {
    socket.destroy();
    throw new HopperError(
      "unavailable",
      words`The queue's owner does not answer at ${socketPath}: ${errorWords(error)}.`,
      { cause: error },
    );
  }
}

/** Sends one request over an open connection and reads its answer. Rejects with `unavailable`. */
export async function exchange(
  message: OwnerRequest,
  socket: Socket,
  address: OwnerAddress,
  clock: Clock,
): Promise<OwnerAnswer> {
  const deadline = clock.after(workTime, () =>
    socket.destroy(new Error(`nothing was answered for ${workTime / 1000} s`)),
  );
  try {
    return await converse(message, address, socket);
  } catch (error) {
    throw new HopperError(
      "unavailable",
      words`The queue's owner did not answer: ${errorWords(error)}. The command may have been carried out.`,
      { cause: error },
    );
  } finally {
    deadline.dispose();
    socket.destroy();
  }
}

function converse(
  { method, path, text }: OwnerRequest,
  { socketPath, token }: OwnerAddress,
  socket: Socket,
): Promise<OwnerAnswer> {
  return new Promise((resolve, reject) => {
    const headers = {
      Host: localHost,
      Authorization: `Bearer ${token}`,
      "Content-Type": "application/json",
      "Content-Length": Buffer.byteLength(text),
      Connection: "close",
    };
    // The path is not needed to connect. But editors put proxies in front of every request that does
    // not name a socket, and would send it, with its token, somewhere else.
    const createConnection = (): Socket => socket;
    const outgoing = request({ createConnection, socketPath, method, path, headers });
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () =>
        resolve({ status: incoming.statusCode ?? 0, json: jsonOf(Buffer.concat(chunks)) }),
      );
    });
    outgoing.end(text);
  });
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

function connected(socket: Socket, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = clock.after(handshakeTime, () =>
      socket.destroy(new Error(`it could not be reached for ${handshakeTime / 1000} s`)),
    );
    socket.once("close", () => {
      deadline.dispose();
      reject(new Error("the connection was closed"));
    });
    socket.once("error", reject);
    socket.once("connect", () => {
      deadline.dispose();
      resolve();
    });
  });
}
