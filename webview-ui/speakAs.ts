import * as z from "zod/mini";
import { fill, translateWith } from "../src/core/base/words";

const textsSchema = z.record(z.string(), z.string());

/** Lets the card speak the user's language: the editor gives its texts with the page, before the first paint. */
export function speakAs(texts: string | undefined): void {
  if (texts !== undefined) {
    const known = new Map(Object.entries(textsSchema.parse(JSON.parse(texts))));
    translateWith((message, ...inserts) => fill(known.get(message) ?? message, ...inserts));
  }
}
