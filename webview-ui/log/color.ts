/** A colour as a screen mixes it; each part from 0 to 255. */
export interface Rgb {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** Reads a colour as style sheets compute it: "#abc", "#aabbcc", "rgb(1, 2, 3)"; transparency is dropped. */
export function parseColor(text: string): Rgb | undefined {
  const value = text.trim();
  const hex = /^#([\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i.exec(value)?.[1];
  if (hex !== undefined) {
    const digits = hex.length < 6 ? hex.replaceAll(/./g, "$&$&") : hex;
    return fromParts((digits.match(/../g) ?? []).map((part) => Number.parseInt(part, 16)));
  }
  const parts = /^rgba?\(([^)]*)\)$/i.exec(value)?.[1];
  return parts === undefined ? undefined : fromParts(parts.split(/[\s,/]+/).map(Number));
}

export function formatColor({ red, green, blue }: Rgb): string {
  return `rgb(${red}, ${green}, ${blue})`;
}

/** A colour between two; `share` 0 is all `from`, 1 all `to`. */
export function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const between = (a: number, b: number): number => Math.round(a + (b - a) * share);
  return {
    red: between(from.red, to.red),
    green: between(from.green, to.green),
    blue: between(from.blue, to.blue),
  };
}

/** Contrast of two colours after WCAG 2: from 1, the same, to 21, black and white. */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

/**
 * The colour nearest to `color` that can be read on `background`: programs choose their colours for a
 * background that they do not know.
 */
export function readable(color: Rgb, background: Rgb): Rgb {
  if (contrast(color, background) >= readableContrast) {
    return color;
  }
  const target = contrast(white, background) > contrast(black, background) ? white : black;
  const steps = 20;
  for (let step = 1; step < steps; step++) {
    const changed = mix(color, target, step / steps);
    if (contrast(changed, background) >= readableContrast) {
      return changed;
    }
  }
  return target;
}

/** What WCAG 2 asks for text (level AA), and what VS Code's terminal holds to. */
export const readableContrast = 4.5;

const white: Rgb = { red: 255, green: 255, blue: 255 };
const black: Rgb = { red: 0, green: 0, blue: 0 };

function fromParts(parts: readonly number[]): Rgb | undefined {
  const [red, green, blue] = parts;
  if (red === undefined || green === undefined || blue === undefined) {
    return undefined;
  }
  const valid = [red, green, blue].every((part) => part >= 0 && part <= 255);
  return valid ? { red, green, blue } : undefined;
}

function luminance({ red, green, blue }: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(part: number): number {
  const share = part / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
