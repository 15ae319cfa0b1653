/** One of the 256 colours of the table, or a colour of its own. */
export type LogColor =
  | { readonly index: number }
  | { readonly red: number; readonly green: number; readonly blue: number };

/** How a piece of output is printed. Blinking and hidden text are shown plainly: a log hides nothing. */
export interface LogStyle {
  readonly foreground?: LogColor | undefined;
  readonly background?: LogColor | undefined;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly strikethrough?: boolean;
  readonly inverse?: boolean;
}

export const plain: LogStyle = {};

/**
 * The style after a "select graphic rendition" sequence.
 *
 * @param parameters as they stand between "ESC[" and "m": "1;31", "38;5;208", "38:2::255:0:0".
 */
export function applyRendition(style: LogStyle, parameters: string): LogStyle {
  // "<", "=", ">" and "?" begin sequences of terminals' own, which are no renditions.
  if (/[^\d;:]/.test(parameters)) {
    return style;
  }
  const groups = parameters.split(";");
  let result = style;
  for (let at = 0; at < groups.length; at++) {
    const [code = 0, ...parts] = numbers(groups[at] ?? "");
    if (code === 38 || code === 48 || code === 58) {
      const colon = parts.length > 0;
      const rest = colon ? withoutColorSpace(parts) : numbers(groups.slice(at + 1).join(";"));
      const { color, used } = readColor(rest);
      at += colon ? 0 : used;
      if (color !== undefined && code !== 58) {
        result = { ...result, [code === 38 ? "foreground" : "background"]: color };
      }
    } else if (code === 4 && parts[0] === 0) {
      result = { ...result, underline: false };
    } else {
      result = applyCode(result, code);
    }
  }
  return result;
}

export function sameStyle(a: LogStyle, b: LogStyle): boolean {
  return (
    a === b ||
    (sameColor(a.foreground, b.foreground) &&
      sameColor(a.background, b.background) &&
      flags.every((flag) => (a[flag] ?? false) === (b[flag] ?? false)))
  );
}

const flags = ["bold", "dim", "italic", "underline", "strikethrough", "inverse"] as const;

const codes: Readonly<Record<number, LogStyle>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strikethrough: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strikethrough: false },
  39: { foreground: undefined },
  49: { background: undefined },
};

function applyCode(style: LogStyle, code: number): LogStyle {
  if (code === 0) {
    return plain;
  }
  for (const { first, base, ground } of ranges) {
    if (code >= first && code < first + 8) {
      return { ...style, [ground]: { index: base + code - first } };
    }
  }
  return { ...style, ...codes[code] };
}

const ranges = [
  { first: 30, base: 0, ground: "foreground" },
  { first: 40, base: 0, ground: "background" },
  { first: 90, base: 8, ground: "foreground" },
  { first: 100, base: 8, ground: "background" },
] as const;

/** Numbers between separators; an empty place is 0. */
function numbers(text: string): number[] {
  return text.split(/[;:]/).map((part) => Math.min(Number(part), 9999));
}

/** "2::255:0:0" names a colour space, mostly an empty one, before the colour; "2:255:0:0" does not. */
function withoutColorSpace(parts: readonly number[]): readonly number[] {
  const [kind = 0] = parts;
  return kind === 2 && parts.length > 4 ? [kind, ...parts.slice(2)] : parts;
}

/** @returns the colour, where there is one, and how many numbers it took. */
function readColor([kind, ...rest]: readonly number[]): { color?: LogColor; used: number } {
  const [first = 0, second = 0, third = 0] = rest;
  if (kind === 5) {
    return { used: 2, ...(first < 256 ? { color: { index: first } } : {}) };
  }
  if (kind === 2) {
    const fits = [first, second, third].every((part) => part < 256);
    return { used: 4, ...(fits ? { color: { red: first, green: second, blue: third } } : {}) };
  }
  return { used: 1 };
}

function sameColor(a: LogColor | undefined, b: LogColor | undefined): boolean {
  if (a === undefined || b === undefined) {
    return a === b;
  }
  return "index" in a
    ? "index" in b && a.index === b.index
    : "red" in b && a.red === b.red && a.green === b.green && a.blue === b.blue;
}
