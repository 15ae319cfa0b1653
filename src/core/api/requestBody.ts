import type { IncomingMessage } from "node:http";
import type { Clock } from "../base/clock";
import { english, type Words, words } from "../base/words";
import { type Answer, refusal } from "./answer";

/** How long a client may take to send its request's body. */
export const bodyTime = 10_000;

/** A request's body as JSON (undefined when it is empty), or why it is refused. */
export type RequestBody = { readonly json: unknown } | { readonly refused: Answer };

/** Reads a body of at most `limit` bytes. */
export async function readBody(
  request: IncomingMessage,
  limit: number,
  clock: Clock,
): Promise<RequestBody> {
  const bytes = await readBytes(request, limit, clock);
  if (!Buffer.isBuffer(bytes)) {
    return { refused: bytes };
  }
  if (bytes.length === 0) {
    return { json: undefined };
  }
  try {
    const json: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return { json };
  } catch {
    return { refused: refusal(400, "The request's body is not JSON in UTF-8.") };
  }
}

export function tooLarge(limit: number): Words {
  return words`The request's body is larger than ${Math.floor(limit / 1024)} KB.`;
}

/** Stops reading at the limit: what a client sends beyond it is never kept. */
function readBytes(
  request: IncomingMessage,
  limit: number,
  clock: Clock,
): Promise<Buffer | Answer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (result: Buffer | Answer): void => {
      deadline.dispose();
      request.off("data", take).off("end", finish).off("close", abandon).pause();
      resolve(result);
    };
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) {
        settle(refusal(413, english(tooLarge(limit))));
      }
    };
    const finish = (): void => settle(Buffer.concat(chunks));
    const abandon = (): void => settle(refusal(400, "The request ended early."));
    const deadline = clock.after(bodyTime, () =>
      settle(refusal(408, "The request's body did not come in time.")),
    );
    request.on("data", take).on("end", finish).on("close", abandon);
  });
}
