import type { Waiting } from "../core/protocol/snapshot";
import { asLabel } from "./foreignText";
import { t } from "./l10n";

/** What the status bar is told of a folder's queue. */
export interface StatusFacts {
  readonly folder: string;
  readonly waiting: Waiting;
  /** How many phases have which status. */
  readonly counts: ReadonlyMap<string, number>;
  /** Where programs are let in. */
  readonly address?: string;
}

/** The status bar's item, free of the editor's own types. */
export interface StatusEntry {
  readonly text: string;
  readonly tooltip: string;
  /** What a screen reader says. */
  readonly spoken: string;
  /** Id of a theme colour. */
  readonly background?: string;
}

/** What runs, or what is waited for, in all folders; undefined where nothing is enqueued. */
export function statusEntry(shown: readonly StatusFacts[]): StatusEntry | undefined {
  const [first] = [...shown].sort((a, b) => rank(a.waiting) - rank(b.waiting));
  if (!first) {
    return undefined;
  }
  const { kind, text } = first.waiting;
  const where = shown.length > 1 ? `${first.folder}: ` : "";
  const spoken = `Phase Hopper: ${where}${sentence(text)}`;
  const addresses = shown.flatMap(({ address }) =>
    address === undefined ? [] : [t("API at {0}", address)],
  );
  const background = backgrounds[kind];
  return {
    text: `$(${icons[kind]}) ${asLabel(`${where}${cut(sentence(text))}`)}`,
    tooltip: [spoken, progress(shown), ...addresses].join("\n"),
    spoken,
    ...(background !== undefined && { background }),
  };
}

const icons: Readonly<Record<Waiting["kind"], string>> = {
  trouble: "warning",
  running: "loading~spin",
  retry: "history",
  person: "person",
  workflow: "radio-tower",
  failed: "error",
  paused: "debug-pause",
  completed: "pass",
};

/** Of what needs somebody. */
const backgrounds: Readonly<Partial<Record<Waiting["kind"], string>>> = {
  trouble: "statusBarItem.errorBackground",
  person: "statusBarItem.warningBackground",
  failed: "statusBarItem.warningBackground",
};

/** Of several folders the one that needs somebody comes first. */
function rank({ kind }: Waiting): number {
  return (
    ["trouble", "failed", "person", "running", "retry", "workflow", "paused"].indexOf(kind) >>> 0
  );
}

function progress(shown: readonly StatusFacts[]): string {
  let done = 0;
  let all = 0;
  for (const { counts } of shown) {
    for (const [status, count] of counts) {
      all += count;
      done += status === "completed" ? count : 0;
    }
  }
  return t("{0} of {1} phases are completed.", done, all);
}

export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
