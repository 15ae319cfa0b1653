import * as z from "zod";
import type { Verdict } from "../protocol/attempts";
import type { AttemptItem } from "../protocol/queue";
import { stored } from "../protocol/words/storedWords";

const processReportSchema = z.looseObject({
  reported: z.enum(["completed", "failed"]),
  note: z.exactOptional(z.string()),
});

/** What an outside program said of an attempt whose own process decides how it ends. */
export type ProcessReport = Readonly<z.infer<typeof processReportSchema>>;

/** The report that an open attempt of a process has among its evidence. */
export function storedReport({ runner_kind, evidence }: AttemptItem): ProcessReport | undefined {
  const ownProcess = runner_kind === "shell" || runner_kind === "command";
  return ownProcess ? processReportSchema.safeParse(evidence).data : undefined;
}

/** The verdict with a report taken into account: it is evidence, and a reported failure fails. */
export function withReport(verdict: Verdict, report: ProcessReport | undefined): Verdict {
  if (!report) {
    return verdict;
  }
  const evidence = { ...objectOf(verdict.evidence), report };
  return verdict.outcome === "completed" && report.reported === "failed"
    ? {
        ...verdict,
        outcome: "reported",
        message: report.note ?? stored("reportedFailed"),
        evidence,
      }
    : { ...verdict, evidence };
}

function objectOf(evidence: unknown): object {
  return typeof evidence === "object" && evidence !== null ? evidence : { process: evidence };
}
