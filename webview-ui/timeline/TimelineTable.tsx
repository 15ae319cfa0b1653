import { t } from "../../src/core/base/words";
import type { JSX } from "preact";
import type { TimelinePhase } from "./timelinePhase";
import { durationOf, nameOf, statusOf, timeInWords } from "./timelineWords";

interface TableProps {
  readonly phases: readonly TimelinePhase[];
  readonly now: number;
  readonly label: string;
  readonly onOpen: (id: string) => void;
}

/** The same as a table: for who cannot see the chart, or wants to copy numbers. */
export function TimelineTable({ phases, now, label, onOpen }: TableProps): JSX.Element {
  const time = (value: number | undefined): string =>
    value === undefined ? "" : timeInWords(value, now);
  return (
    <div class="timeline-scroll" tabIndex={0} role="region" aria-label={label}>
      <table class="timeline-table">
        <thead>
          <tr>
            {[
              t("Phase"),
              t("Status"),
              t("Started"),
              t("Finished"),
              t("Duration"),
              t("Attempts"),
            ].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {phases.map((phase) => (
            <tr key={phase.id}>
              <th scope="row">
                <button type="button" class="timeline-link" onClick={() => onOpen(phase.id)}>
                  {nameOf(phase)}
                </button>
              </th>
              <td>{statusOf(phase)}</td>
              <td>{time(phase.attempts[0]?.startedAt)}</td>
              <td>{time(phase.attempts.at(-1)?.finishedAt ?? phase.finishedAt)}</td>
              <td>{durationOf(phase, now)}</td>
              <td>{phase.attempts.length}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
