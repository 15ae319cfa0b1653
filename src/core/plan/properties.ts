const names = {
  "depends on": "dependsOn",
  runner: "runner",
  timeout: "timeout",
  retries: "retries",
  checkpoint: "checkpoint",
} as const;
export type PropertyName = (typeof names)[keyof typeof names];

/** A line under a phase's heading that says how the phase is run. */
export interface Property {
  readonly name: PropertyName;
  /** Plain text: markup removed, trimmed; may be empty. */
  readonly value: string;
  readonly line: number;
}

const knownNames: ReadonlyMap<string, PropertyName> = new Map(Object.entries(names));

/** A key with the markup around it is shorter; spares other lines the inline parse. */
const maxKeyLength = 40;

const listMarker = /^(?:[-*+]|\d{1,9}[.)])\s+/;
const codeIndent = /^(?: {0,3}\t| {4})/;

/**
 * The properties of a phase: the first lines under its heading, blank ones allowed, up to the
 * first that is no known property. Plain, as list item, or with a bold key.
 */
export function readProperties(
  lines: readonly string[],
  startLine: number,
  endLine: number,
  plainText: (markup: string) => string,
): Property[] {
  const properties: Property[] = [];
  for (let line = startLine; line <= endLine; line += 1) {
    const text = lines[line] ?? "";
    if (text.trim() === "") {
      continue;
    }
    const property = codeIndent.test(text) ? undefined : readProperty(text.trim(), plainText);
    if (!property) {
      break;
    }
    properties.push({ ...property, line });
  }
  return properties;
}

function readProperty(
  text: string,
  plainText: (markup: string) => string,
): Omit<Property, "line"> | undefined {
  const item = text.replace(listMarker, "");
  if (!item.slice(0, maxKeyLength).includes(":")) {
    return undefined;
  }
  const plain = plainText(item);
  const colon = plain.indexOf(":");
  const key = plain.slice(0, Math.max(colon, 0)).trim().toLowerCase();
  const name = knownNames.get(key.replaceAll(/\s+/g, " "));
  return name && { name, value: plain.slice(colon + 1).trim() };
}
