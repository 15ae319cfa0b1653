import type * as z from "zod";
import { type ErrorKind, HopperError } from "./errors";
import { type Text, words } from "./words";

/**
 * Checks `value`, which came from outside, against `schema` and returns it typed.
 *
 * @param what names the value in the error: "the configuration file runners.json".
 * @throws HopperError of `kind`, with every complaint and the place of each in the value.
 */
export function validate<T>(
  schema: z.ZodType<T>,
  value: unknown,
  what: Text,
  kind: ErrorKind = "usage",
): T {
  const result = schema.safeParse(value);
  if (result.success) {
    return result.data;
  }
  const complaints = result.error.issues.map((issue) => {
    const place = issue.path.map(String).join(".");
    return place === "" ? issue.message : `${place}: ${issue.message}`;
  });
  throw new HopperError(kind, words`${what} is not valid: ${complaints.join("; ")}`);
}

/** Parses JSON text and checks it; see {@link validate}. */
export function parseJson<T>(
  schema: z.ZodType<T>,
  text: string,
  what: Text,
  kind: ErrorKind = "usage",
): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new HopperError(kind, words`${what} is not JSON: ${String(error)}`, { cause: error });
  }
  return validate(schema, value, what, kind);
}
