/** A line under a phase's heading that may be a property, taken apart. */
export interface PropertyLine {
  /** The key in lower case: "depends on". */
  readonly key: string;
  readonly value: string;
  /** Where the value begins. */
  readonly valueStart: number;
}

const shape =
  /^(\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)?[*_]*([a-z]+(?:\s+[a-z]+)?)[*_]*\s*:[*_]*\s*)(.*)$/i;

const keys = new Set(["depends on", "runner", "timeout", "retries", "checkpoint"]);

/** The property on a line: plain, as list item, or with a bold key; undefined where it is none. */
export function propertyOn(text: string): PropertyLine | undefined {
  const [, before = "", key = "", value = ""] = shape.exec(text) ?? [];
  const name = key.toLowerCase().replaceAll(/\s+/g, " ");
  return keys.has(name) ? { key: name, value, valueStart: before.length } : undefined;
}
