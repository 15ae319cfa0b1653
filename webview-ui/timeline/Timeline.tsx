import { t } from "../../src/core/base/words";
import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { useNow } from "../useNow";
import { TimelineChart } from "./TimelineChart";
import { timelineLayout } from "./timelineLayout";
import type { TimelinePhase } from "./timelinePhase";
import { TimelineTable } from "./TimelineTable";
import { planInWords } from "./timelineWords";
import { useWidth } from "./useWidth";

interface TimelineProps {
  /** In the order of their numbers. */
  readonly phases: readonly TimelinePhase[];
  /** "Timeline of Release the library". */
  readonly label: string;
  readonly onOpen: (id: string) => void;
}

const narrowestNames = 72;
const widestNames = 220;
const margin = 6;

/** A plan as a chart over time, or as a table. */
export function Timeline({ phases, label, onOpen }: TimelineProps): JSX.Element {
  const [isTable, setIsTable] = useState(false);
  const section = useRef<HTMLDivElement>(null);
  const outer = useWidth(section);
  const now = useNow(phases.some(({ status }) => status === "running"));
  const namesWidth = Math.max(narrowestNames, Math.min(widestNames, Math.round(outer * 0.28)));
  const width = Math.max(0, outer - namesWidth - margin);
  const layout = useMemo(
    () => (width === 0 ? undefined : timelineLayout(phases, { width, now })),
    [phases, width, now],
  );
  return (
    <div class="timeline" ref={section}>
      <div class="timeline-head">
        <span>{planInWords(phases, now)}</span>
        <button type="button" class="timeline-link" onClick={() => setIsTable(!isTable)}>
          {isTable ? t("Show as Chart") : t("Show as Table")}
        </button>
      </div>
      {isTable ? (
        <TimelineTable phases={phases} now={now} label={label} onOpen={onOpen} />
      ) : (
        layout && (
          <TimelineChart
            layout={layout}
            width={width}
            namesWidth={namesWidth}
            now={now}
            label={label}
            onOpen={onOpen}
          />
        )
      )}
    </div>
  );
}
