import type { PhaseStatus } from "../../core/protocol/terms";

type Theme = "light" | "dark";

/** The defaults of the statuses' colours, as the manifest has them: a test compares the two. */
export const pictureColors: Readonly<Record<PhaseStatus, Readonly<Record<Theme, string>>>> = {
  queued: { light: "#717171", dark: "#8C8C8C" },
  ready: { light: "#1A7FD4", dark: "#4DAAFC" },
  running: { light: "#9A6A00", dark: "#E2B714" },
  completed: { light: "#2A8745", dark: "#4EC07A" },
  blocked: { light: "#B3550B", dark: "#E8934A" },
  failed: { light: "#C4281C", dark: "#F4685E" },
};

/** Each status has a shape of its own on 16 by 16, so that none is told by its colour alone. */
const shapes: Readonly<Record<PhaseStatus, (color: string) => string>> = {
  queued: (color) => ring(color),
  ready: (color) => `${ring(color)}<path d="M6.3 5v6l5-3z" fill="${color}"/>`,
  running: (color) =>
    `<circle cx="8" cy="8" r="6" fill="none" stroke="${color}" stroke-opacity=".35" stroke-width="2.5"/>` +
    `<path d="M8 2a6 6 0 0 1 6 6" fill="none" stroke="${color}" stroke-width="2.5"/>`,
  completed: (color) =>
    `${disc(color)}<path d="M4.7 8.3l2.3 2.3 4.4-4.8" fill="none" stroke="#fff" stroke-width="1.8"/>`,
  blocked: (color) => `${ring(color)}<path d="M4 12L12 4" stroke="${color}" stroke-width="1.8"/>`,
  failed: (color) =>
    `${disc(color)}<path d="M5.4 5.4l5.2 5.2m0-5.2l-5.2 5.2" stroke="#fff" stroke-width="1.8"/>`,
};

/** The picture of a status as the address of an image, in its colour's default. */
export function statusPicture(status: PhaseStatus, theme: Theme): string {
  const color = pictureColors[status][theme];
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">${shapes[status](color)}</svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(picture).toString("base64")}`;
}

function ring(color: string): string {
  return `<circle cx="8" cy="8" r="6.2" fill="none" stroke="${color}" stroke-width="1.6"/>`;
}

function disc(color: string): string {
  return `<circle cx="8" cy="8" r="7" fill="${color}"/>`;
}
