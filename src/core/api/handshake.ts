import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Socket } from "node:net";
import type { Clock } from "../base/clock";
import { readLine } from "./line";

/**
 * What is said on the owner's local socket before HTTP. The client sends `PHASE-HOPPER 1 <nonce>`, with
 * ` wait` behind it when it will say nothing more and only wants to see the connection's end. The server
 * answers with the HMAC-SHA256 of that nonce under the token, both in hex. So the server
 * proves that it knows the token before it is sent: whoever put another socket in the owner's place
 * learns nothing.
 */
const greeting = /^PHASE-HOPPER 1 ([0-9a-f]{64})( wait)?$/;

/** What a client comes for: to send a request, or to be there as long as the server is. */
export type Purpose = "ask" | "wait";

/** How long either side waits for the other's line: a stopped owner's kernel still accepts. */
export const handshakeTime = 3_000;

const limits = { bytes: 128, milliseconds: handshakeTime };

/** The server's side. Rejects unless the client greets in time and in this version. */
export async function answerHandshake(
  socket: Socket,
  token: string,
  clock: Clock,
): Promise<Purpose> {
  const [, nonce, wait] = greeting.exec(await readLine(socket, clock, limits)) ?? [];
  if (nonce === undefined) {
    throw new Error("the client did not greet as Phase Hopper's client does");
  }
  socket.write(`${proof(token, nonce)}\n`);
  return wait === undefined ? "ask" : "wait";
}

/** The client's side. Rejects unless the server proves in time that it knows the token. */
export async function performHandshake(
  socket: Socket,
  token: string,
  clock: Clock,
  purpose: Purpose = "ask",
): Promise<void> {
  const nonce = randomBytes(32).toString("hex");
  socket.write(`PHASE-HOPPER 1 ${nonce}${purpose === "wait" ? " wait" : ""}\n`);
  const answer = await readLine(socket, clock, limits);
  if (!isSameSecret(answer, proof(token, nonce))) {
    throw new Error("it could not prove that it is the queue's owner");
  }
}

/** Compares in a time that does not depend on where, or by how many characters, they differ. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(sha256(one), sha256(other));
}

function proof(token: string, nonce: string): string {
  return createHmac("sha256", token).update(nonce).digest("hex");
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
