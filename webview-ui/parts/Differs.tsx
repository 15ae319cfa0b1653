import { t } from "../../src/core/base/words";
import type { JSX } from "preact";
import type { CardPhase, CardPlan } from "../../src/core/protocol/card/cardState";
import { useCard } from "../context";
import { nameOf } from "../model/phaseWords";
import { Icon } from "./Icon";

interface DiffersProps {
  readonly text: string;
  /** What differs, for those who hear it. */
  readonly name: string;
  readonly actions: readonly string[];
  readonly isCurrent: boolean;
  readonly ask: (action: "showChanges" | "update") => void;
}

/** That a plan's file has become another one than what is stored, with what can be done about it. */
function Differs({ text, name, actions, isCurrent, ask }: DiffersProps): JSX.Element {
  const tabIndex = isCurrent ? 0 : -1;
  return (
    <p class="differs">
      <Icon name="diff-modified" />
      <span class="differs-text">{text}</span>
      <button
        type="button"
        class="link"
        tabIndex={tabIndex}
        aria-label={t("Show Changes: {0}", name)}
        onClick={() => ask("showChanges")}
      >
        {t("Show Changes")}
      </button>
      {actions.includes("update") && (
        <button
          type="button"
          class="link"
          tabIndex={tabIndex}
          aria-label={t("Update from File: {0}", name)}
          onClick={() => ask("update")}
        >
          {t("Update from File")}
        </button>
      )}
    </p>
  );
}

export function PhaseDiffers({
  phase,
  isCurrent,
}: {
  readonly phase: CardPhase;
  readonly isCurrent: boolean;
}): JSX.Element | null {
  const { store } = useCard();
  return phase.differs === true ? (
    <Differs
      text={t("Differs from the file")}
      name={nameOf(phase)}
      actions={phase.actions}
      isCurrent={isCurrent}
      ask={(action) => void store.ask({ name: "phase", action, queueId: phase.queueId })}
    />
  ) : null;
}

export function PlanDiffers({
  plan,
  isCurrent,
}: {
  readonly plan: CardPlan;
  readonly isCurrent: boolean;
}): JSX.Element | null {
  const { store } = useCard();
  return plan.differs === undefined ? null : (
    <Differs
      text={t("File changed: {0}", plan.differs)}
      name={t("Plan {0}, {1}", plan.number, plan.title)}
      actions={plan.actions}
      isCurrent={isCurrent}
      ask={(action) => void store.ask({ name: "plan", action, planId: plan.planId })}
    />
  );
}
