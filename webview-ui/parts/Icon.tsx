import type { JSX } from "preact";
import type { CardPhase } from "../../src/core/protocol/card/cardState";
import type { PhaseStatus } from "../../src/core/protocol/terms";

interface IconProps {
  /** Name of a codicon. */
  readonly name: string;
  readonly class?: string;
}

/** A picture beside words, which are for everybody. */
export function Icon({ name, class: more = "" }: IconProps): JSX.Element {
  return <span class={`codicon codicon-${name} ${more}`} aria-hidden="true" />;
}

/** The same shapes as in the tree: each status is told by its shape as well as by its colour. */
const statusIcons: Readonly<Record<PhaseStatus, string>> = {
  queued: "circle-outline",
  ready: "play-circle",
  running: "loading codicon-modifier-spin",
  completed: "pass-filled",
  blocked: "circle-slash",
  failed: "error",
};

const turnIcons = { person: "person", workflow: "radio-tower" } as const;

export function StatusIcon({ status, turn }: Pick<CardPhase, "status" | "turn">): JSX.Element {
  const name = turn === undefined ? statusIcons[status] : turnIcons[turn];
  return <Icon name={name} class={`status-icon status-${status}`} />;
}
