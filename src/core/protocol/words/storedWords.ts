import { english, type Insert, said, type Text, type Words, words } from "../../base/words";

/**
 * What we store of ourselves as a sentence. It is stored in English, since other programs read it, and known
 * again by its form when it is shown. What programs and people said stays as it is.
 */
export const storedForms = {
  pausedByYou: () => words`paused by you`,
  breaker: (failures: Insert, seconds: Insert) =>
    words`${failures} phases failed within ${seconds} seconds`,
  crashLoop: (starts: Insert, minutes: Insert) =>
    words`paused: the last ${starts} starts within ${minutes} minutes followed a crash`,
  copiedQueue: () => words`paused: this queue was copied from another folder`,
  checkpoint: (phase: Insert, text: Insert) => words`checkpoint after Phase ${phase}: ${text}`,
  removedBefore: (phase: Insert) => words`Phase ${phase} was removed`,
  failedBefore: (phase: Insert) => words`Phase ${phase} failed`,
  failedBeforeWith: (phase: Insert, why: Insert) => words`Phase ${phase} failed: ${why}`,
  cancelledByYou: () => words`cancelled by you`,
  overdue: (time: Insert) => words`ran longer than ${time}`,
  silent: (time: Insert) => words`no output for ${time}`,
  reportedFailed: () => words`reported as failed`,
} as const satisfies Record<string, (...values: Insert[]) => Words>;

/** A stored sentence, to be said in the user's language where it is one of ours. */
export function storedWords(text: string): Text {
  const found = patterns.find(({ pattern }) => pattern.test(text));
  const values = found?.pattern.exec(text)?.slice(1) ?? [];
  return found ? { message: found.message, inserts: values.map(storedWords) } : text;
}

/** The sentence as it is stored. */
export function stored<Name extends keyof typeof storedForms>(
  name: Name,
  ...values: Parameters<(typeof storedForms)[Name]>
): string {
  const form: (...values: Insert[]) => Words = storedForms[name];
  return english(form(...values));
}

const patterns = Object.values<(...values: Insert[]) => Words>(storedForms)
  .map((form) => form("", "").message)
  // The longer form first: what else it says is no value of the shorter one.
  .sort((a, b) => b.length - a.length)
  .map((message) => ({ message, pattern: patternOf(message) }));

/** Values in the middle are short and without a colon; the last one is whatever follows. */
function patternOf(message: string): RegExp {
  const escaped = message.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(
    `^${escaped.replace(/\{\d\}$/, "([^]*)").replaceAll(/\{\d\}/g, "([^:\\n]+?)")}$`,
  );
}

/** As {@link storedWords}, at once. */
export function storedInWords(text: string): string {
  return said(storedWords(text));
}
