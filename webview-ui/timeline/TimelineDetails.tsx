import { t } from "../../src/core/base/words";
import type { JSX } from "preact";
import type { TimelineRow } from "./timelineLayout";
import { attemptDuration, durationOf, nameOf, statusOf, timeInWords } from "./timelineWords";

interface DetailsProps {
  readonly row: TimelineRow;
  /** The number of the attempt that is meant, if it is one. */
  readonly attempt: number | undefined;
  readonly waitsFor: readonly string[];
  readonly now: number;
  readonly left: number;
  readonly top: number;
}

/** Of many attempts the last ones are told. */
const mostAttempts = 6;

/** What a bar shows, exactly: beside the bar that is pointed at or has the focus. */
export function TimelineDetails(props: DetailsProps): JSX.Element {
  const { row, attempt, waitsFor, now, left, top } = props;
  const { phase } = row;
  const shown = phase.attempts.slice(-mostAttempts);
  return (
    <div class="timeline-details" style={{ left: `${left}px`, top: `${top}px` }} aria-hidden="true">
      <div class="timeline-details-title">{nameOf(phase)}</div>
      <div class={`timeline-details-status timeline-${phase.status}`}>
        {[statusOf(phase), durationOf(phase, now)].filter((part) => part !== "").join(" · ")}
      </div>
      {waitsFor.length > 0 && <div>{t("after {0}", waitsFor.join(", "))}</div>}
      {shown.length > 0 && (
        <table>
          {shown.length < phase.attempts.length && (
            <tr>
              <td colSpan={4}>{t("{0} earlier attempts", phase.attempts.length - shown.length)}</td>
            </tr>
          )}
          {shown.map((one) => (
            <tr key={one.number} class={one.number === attempt ? "timeline-meant" : ""}>
              <td>#{one.number}</td>
              <td>{one.words}</td>
              <td>
                {timeInWords(one.startedAt, now)} –{" "}
                {one.finishedAt === undefined ? t("now") : timeInWords(one.finishedAt, now)}
              </td>
              <td>{attemptDuration(one, now)}</td>
            </tr>
          ))}
        </table>
      )}
    </div>
  );
}
