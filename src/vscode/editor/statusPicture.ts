import { contributes } from "../../../package.json";
import type { PhaseStatus } from "../../core/protocol/terms";
import { statusColors } from "../contributions";

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
export function statusPicture(status: PhaseStatus, theme: "light" | "dark"): string {
  const color =
    contributes.colors.find(({ id }) => id === statusColors[status])?.defaults[theme] ?? "#888";
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">${shapes[status](color)}</svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(picture).toString("base64")}`;
}

function ring(color: string): string {
  return `<circle cx="8" cy="8" r="6.2" fill="none" stroke="${color}" stroke-width="1.6"/>`;
}

function disc(color: string): string {
  return `<circle cx="8" cy="8" r="7" fill="${color}"/>`;
}
