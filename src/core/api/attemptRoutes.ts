import * as z from "zod";
import { attemptIdPath, logQuery } from "./requestSchemas";
import type { LogPiece, QueueSource } from "./queueSource";
import { requiredAttempt } from "./required";
import { route } from "./route";
import type { AttemptItem } from "../protocol/queue";
import { AnswerStream } from "./send";

/** Rows about single attempts. */

/** Bytes of a log that are in memory at a time. */
const pieceBytes = 64 * 1024;

export const readAttemptLog = route({
  name: "readAttemptLog",
  method: "GET",
  path: "/api/attempts/{attempt_id}/log",
  summary: "What an attempt has printed so far, byte by byte",
  params: attemptIdPath,
  query: logQuery,
  // The bytes are no JSON; what stands before them is in the headers.
  reply: z.never(),
  contentType: "application/octet-stream",
  refusals: [404],
  answer: async ({ params, query }, { queue }) => {
    const attempt = requiredAttempt(queue, params.attempt_id);
    const { offset = 0, limit } = query;
    const maxBytes = Math.min(limit ?? pieceBytes, pieceBytes);
    const first = await queue.readLog(attempt, { offset, maxBytes });
    return new AnswerStream(log(queue, attempt, first, limit), "application/octet-stream", {
      "X-Hopper-Log-Offset": String(first.offset),
      "X-Hopper-Log-Size": String(first.size),
    });
  },
});

/**
 * The log up to the size it had when it was asked for: one that grows for ever would never end. With a
 * limit it ends where bytes are missing, so that what is asked for next begins where this ended.
 */
async function* log(
  queue: QueueSource,
  attempt: AttemptItem,
  first: LogPiece,
  limit: number | undefined,
): AsyncGenerator<Buffer> {
  let left = limit ?? Number.MAX_SAFE_INTEGER;
  let next = first.offset;
  let piece = first;
  while (piece.bytes.length > 0 && (limit === undefined || piece.offset === next)) {
    yield piece.bytes;
    left -= piece.bytes.length;
    next = piece.nextOffset;
    const maxBytes = Math.min(left, pieceBytes, first.size - next);
    if (maxBytes <= 0) {
      return;
    }
    piece = await queue.readLog(attempt, { offset: next, maxBytes });
  }
}
