import { type Words, words } from "../../base/words";
import type { PhaseStatus } from "../terms";

/** The status of a phase as people read it. */
export const statusWords: Readonly<Record<PhaseStatus, Words>> = {
  queued: words`queued`,
  ready: words`ready`,
  running: words`running`,
  completed: words`completed`,
  blocked: words`blocked`,
  failed: words`failed`,
};
