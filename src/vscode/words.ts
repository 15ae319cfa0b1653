import type { PhaseStatus } from "../core/protocol/terms";
import { t } from "./l10n";

/** A status in the user's language. */
export function statusInWords(status: PhaseStatus): string {
  switch (status) {
    case "queued":
      return t("queued");
    case "ready":
      return t("ready");
    case "running":
      return t("running");
    case "completed":
      return t("completed");
    case "blocked":
      return t("blocked");
    case "failed":
      return t("failed");
  }
}

/** "1 phase", "3 phases". */
export function phasesInWords(count: number): string {
  return count === 1 ? t("1 phase") : t("{0} phases", count);
}
