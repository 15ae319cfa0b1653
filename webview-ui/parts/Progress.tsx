import type { JSX } from "preact";
import { said } from "../../src/core/base/words";
import type { PhaseStatus } from "../../src/core/protocol/terms";
import { statusWords } from "../../src/core/protocol/words/statusWords";
import type { Counts } from "../model/groups";

interface ProgressProps {
  readonly counts: Counts;
  readonly total: number;
}

const order: readonly PhaseStatus[] = ["completed", "running", "failed", "blocked", "ready"];

/** How far a plan is: a bar with a part for each status, and "3/5". */
export function Progress({ counts, total }: ProgressProps): JSX.Element {
  const parts = order.filter((status) => counts[status] > 0);
  const title = parts.map((status) => `${counts[status]} ${said(statusWords[status])}`).join(", ");
  return (
    <span class="progress" title={title}>
      <span class="progress-bar" aria-hidden="true">
        {parts.map((status) => (
          <span
            key={status}
            class={`progress-part status-${status}`}
            style={{ width: `${(100 * counts[status]) / total}%` }}
          />
        ))}
      </span>
      <span class="progress-number">
        {counts.completed}/{total}
      </span>
    </span>
  );
}
