import { type ErrorKind, HopperError } from "../base/errors";
import type { Logger } from "../base/log";
import { InvalidPlanError } from "../protocol/plan";

/** What a request is answered with: a status code and a body to be sent as JSON. */
export interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The status code of each kind of expected problem. */
export const statusOfKind: Readonly<Record<ErrorKind, number>> = {
  usage: 400,
  foreign: 403,
  notFound: 404,
  conflict: 409,
  invalidPlan: 422,
  owned: 423,
  damaged: 503,
  newerVersion: 503,
  storage: 503,
  unavailable: 504,
};

/** The kind that a client makes of a status code; any other code is `unavailable`. */
export const kindOfStatus: ReadonlyMap<number, ErrorKind> = new Map([
  [400, "usage"],
  [403, "foreign"],
  [404, "notFound"],
  [409, "conflict"],
  [413, "usage"],
  [422, "invalidPlan"],
  [423, "owned"],
  [503, "storage"],
]);

/** Refuses a request with a sentence that says what is wrong with it. */
export function refusal(
  status: number,
  detail: string,
  headers?: Readonly<Record<string, string>>,
): Answer {
  return { status, body: { detail }, ...(headers && { headers }) };
}

/** Expected problems are told; of a bug only the log learns more than that it is one. */
export function answerToError(error: unknown, logger: Logger): Answer {
  if (error instanceof InvalidPlanError) {
    const { message, problems } = error;
    return { status: statusOfKind.invalidPlan, body: { detail: message, problems } };
  }
  if (error instanceof HopperError) {
    return refusal(statusOfKind[error.kind], error.message);
  }
  logger.error("A request failed by a bug.", error);
  return refusal(500, "Internal error; the log of the process that owns the queue says more.");
}
