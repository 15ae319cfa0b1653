import { t } from "../../src/core/base/words";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { CardPhase } from "../../src/core/protocol/card/cardState";
import { useCard } from "../context";
import type { PlanData } from "../model/cardData";
import { Timeline } from "../timeline/Timeline";
import { timelinePhases } from "../timeline/timelinePhases";
import { memo } from "./memo";

/** Each plan over time. */
export function TimelineTab({ plans }: { readonly plans: readonly PlanData[] }): JSX.Element {
  return (
    <>
      {plans.map((plan) => (
        <PlanTimeline key={plan.plan.planId} data={plan} />
      ))}
    </>
  );
}

const PlanTimeline = memo(({ data: { plan, phases } }: { readonly data: PlanData }) => (
  <PlanChart number={plan.number} title={plan.title} phases={phases} />
));

interface PlanChartProps {
  readonly number: number;
  readonly title: string;
  readonly phases: readonly CardPhase[];
}

function PlanChart({ number, title, phases }: PlanChartProps): JSX.Element {
  const { store } = useCard();
  const shown = useMemo(() => timelinePhases(phases), [phases]);
  return (
    <section class="plan-chart">
      <h2 class="plan-chart-title">
        <span class="plan-number">{t("Plan {0}", number)}</span> {title}
      </h2>
      <Timeline
        phases={shown}
        label={t("Timeline of {0}", title)}
        onOpen={(queueId) => void store.ask({ name: "phase", action: "goTo", queueId })}
      />
    </section>
  );
}
