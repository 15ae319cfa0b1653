import type { HopperError } from "../../core/base/errors";
import type { Hopper } from "../../core/hopper";
import type { QueueOwner } from "./openHopper";

/** How this window stands to the queue of one workspace folder. */
export type QueueState =
  /** There is no queue yet; the first enqueue makes one. */
  | { readonly kind: "absent" }
  /** Being opened. */
  | { readonly kind: "opening" }
  /** This window owns it and works on it. */
  | { readonly kind: "owner"; readonly hopper: Hopper }
  /** Another process owns it: shown from its files, commands go to that process. */
  | {
      readonly kind: "follower";
      readonly refusal: HopperError;
      readonly owner: QueueOwner | undefined;
    }
  /** The workspace is not trusted: a queue in it is not read, and none is made. */
  | { readonly kind: "untrusted" }
  /** This user did not make it: shown from its files until somebody adopts it. */
  | { readonly kind: "foreign"; readonly refusal: HopperError }
  /** Its files cannot be opened. */
  | { readonly kind: "failed"; readonly refusal: HopperError };
export type QueueStateKind = QueueState["kind"];

/** Whether going on with what can be read would help. */
export function isRepairable(state: QueueState): boolean {
  return state.kind === "failed" && state.refusal.kind === "damaged";
}

/** From which states a queue can be opened again, and how. */
export const reopenings = {
  adopt: ({ kind }) => kind === "foreign",
  repair: isRepairable,
  takeOver: ({ kind }) => kind === "follower",
  reopen: ({ kind }) =>
    kind === "failed" || kind === "follower" || kind === "foreign" || kind === "untrusted",
} satisfies Readonly<Record<string, (state: QueueState) => boolean>>;

/** Which state the view speaks of where folders differ: the first that is there. */
export const mostPressing: readonly QueueStateKind[] = [
  "failed",
  "foreign",
  "untrusted",
  "follower",
  "opening",
  "owner",
  "absent",
];
