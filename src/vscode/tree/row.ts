import { cleanText } from "../../core/protocol/words/cleanText";
import { type Capability, statusColors } from "../contributions";
import type { PhaseStatus } from "../../core/protocol/terms";

/** A row of the tree, free of the editor's own types so that it can be tested without one. */
export interface Row {
  readonly label: string;
  readonly description: string;
  readonly icon: RowIcon;
  /** What a screen reader says in place of label and description. */
  readonly spoken: string;
  readonly capabilities: readonly Capability[];
}

export interface RowIcon {
  /** A product icon's id. */
  readonly id: string;
  /** Id of a theme colour; without one the icon has the text's. */
  readonly color?: string;
}

/** Each status has a shape and a colour, so that neither is needed alone. */
export const statusIcons: Readonly<Record<PhaseStatus, RowIcon>> = {
  queued: { id: "circle-outline", color: statusColors.queued },
  ready: { id: "play-circle", color: statusColors.ready },
  running: { id: "loading~spin", color: statusColors.running },
  completed: { id: "pass-filled", color: statusColors.completed },
  blocked: { id: "circle-slash", color: statusColors.blocked },
  failed: { id: "error", color: statusColors.failed },
};

/**
 * The row's context value: its kind and what can be done with it, as words with a space on each side,
 * so that a menu finds a word with `viewItem =~ / retry /`.
 */
export function contextValue(
  kind: "folder" | "plan" | "phase",
  words: readonly Capability[],
): string {
  return ` ${[kind, ...words].join(" ")} `;
}

/** Text of a plan inside Markdown, on one line: nothing in it is markup, a link or a command. */
export function escapeMarkdown(text: string): string {
  return cleanText(text).replaceAll(/[\\`*_{}[\]()#+\-=.!|<>~$&:@]/g, "\\$&");
}
