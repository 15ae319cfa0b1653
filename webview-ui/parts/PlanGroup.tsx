import { said, t, type Words, words } from "../../src/core/base/words";
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { CardPlanAction, CardPhase, CardPlan } from "../../src/core/protocol/card/cardState";
import { useCard } from "../context";
import type { PlanData } from "../model/cardData";
import { type Chunk, chunksOf, drawnOf } from "../model/chunks";
import { freedByRetry } from "../model/freed";
import { countsOf } from "../model/groups";
import { planWaits, planWaitsSpoken } from "../model/headline";
import { retriedInWords } from "../model/phaseActions";
import type { Row } from "../model/rows";
import { useNow } from "../useNow";
import { Icon } from "./Icon";
import { IconButton } from "./IconButton";
import { IssueLink } from "./IssueLink";
import { memo } from "./memo";
import type { MenuRequest } from "./Menu";
import { PlanDiffers } from "./Differs";
import { PhaseCard } from "./PhaseCard";
import { isMenuKey, type Place, placeBelow, placeOf } from "./menuPlace";
import { Progress } from "./Progress";
import { rowElementId } from "./rowElement";

interface PlanGroupProps {
  readonly plan: CardPlan;
  readonly all: readonly CardPhase[];
  readonly shown: readonly CardPhase[];
  /** At least so many of these are drawn by now. */
  readonly limit: number;
  readonly isOpen: boolean;
  /** Ids of the cards that are opened. */
  readonly expanded: ReadonlySet<string>;
  /** Id of the row that Tab leads to, where it is one of these. */
  readonly current: string | undefined;
  readonly onToggle: (row: Pick<Row, "kind" | "id">) => void;
}

/** A plan's heading with its progress, and below it the cards of its phases. */
export const PlanGroup = memo((props: PlanGroupProps): JSX.Element => {
  const { plan, all, shown, limit, isOpen, expanded, current, onToggle } = props;
  const freed = useFreed(all);
  const chunks = useChunks(shown);
  return (
    <section class="plan" aria-label={t("Plan {0}, {1}", plan.number, plan.title)}>
      <PlanHeading
        plan={plan}
        all={all}
        isOpen={isOpen}
        isCurrent={current === plan.planId}
        onToggle={onToggle}
      />
      <PlanDiffers plan={plan} isCurrent={current === plan.planId} />
      {isOpen && (
        <div class="cards" role="list" aria-label={t("Phases of {0}", plan.title)}>
          {drawnOf(chunks, limit).map(({ key, phases }) => (
            <PhaseCards
              key={key}
              phases={phases}
              freed={freed}
              expanded={expanded}
              current={phases.some(({ queueId }) => queueId === current) ? current : undefined}
              onToggle={onToggle}
            />
          ))}
        </div>
      )}
    </section>
  );
});

interface PhaseCardsProps extends Pick<PlanGroupProps, "expanded" | "current" | "onToggle"> {
  readonly phases: readonly CardPhase[];
  readonly freed: ReadonlyMap<number, readonly number[]>;
}

/** The cards of a chunk, in the list itself. */
const PhaseCards = memo(({ phases, freed, expanded, current, onToggle }: PhaseCardsProps) =>
  phases.map((phase) => (
    <PhaseCard
      key={phase.queueId}
      phase={phase}
      freed={freed.get(phase.number) ?? nobody}
      isExpanded={expanded.has(phase.queueId)}
      isCurrent={current === phase.queueId}
      onToggle={onToggle}
    />
  )),
);

const nobody: readonly number[] = [];

function useChunks(shown: readonly CardPhase[]): readonly Chunk[] {
  const before = useRef<readonly Chunk[]>([]);
  return useMemo(() => (before.current = chunksOf(shown, before.current)), [shown]);
}

/** What retries bring back; the same map as long as it says the same, so that nothing is drawn for it. */
function useFreed(all: readonly CardPhase[]): ReadonlyMap<number, readonly number[]> {
  const before = useRef<ReadonlyMap<number, readonly number[]>>(new Map());
  return useMemo(() => {
    const kept = before.current;
    const now = freedByRetry(all);
    if (!saysTheSame(kept, now)) {
      before.current = new Map(
        [...now].map(([number, freed]) => {
          const known = kept.get(number);
          return [number, known?.join() === freed.join() ? known : freed];
        }),
      );
    }
    return before.current;
  }, [all]);
}

function saysTheSame(
  a: ReadonlyMap<number, readonly number[]>,
  b: ReadonlyMap<number, readonly number[]>,
): boolean {
  return (
    a.size === b.size && [...a].every(([number, freed]) => b.get(number)?.join() === freed.join())
  );
}

interface PlanHeadingProps {
  readonly plan: CardPlan;
  readonly all: readonly CardPhase[];
  readonly isOpen: boolean;
  readonly isCurrent: boolean;
  readonly onToggle: PlanGroupProps["onToggle"];
}

function PlanHeading({ plan, all, isOpen, isCurrent, onToggle }: PlanHeadingProps): JSX.Element {
  const { store, openMenu } = useCard();
  const menuOf = useMenu(plan, all);
  const counts = countsOf(all);
  const spoken = [
    t(
      "Plan {0}, {1}, {2} of {3} phases completed",
      plan.number,
      plan.title,
      counts.completed,
      all.length,
    ),
    planWaitsSpoken(plan),
  ];
  return (
    <div
      class="plan-heading"
      onContextMenu={(event) => {
        event.preventDefault();
        openMenu(menuOf(placeOf(event)));
      }}
      onKeyDown={(event) => {
        if (isMenuKey(event)) {
          event.preventDefault();
          openMenu(menuOf(placeBelow(event)));
        }
      }}
    >
      <h2 class="plan-title">
        <button
          type="button"
          id={rowElementId(plan.planId)}
          data-row
          class="plan-toggle"
          aria-expanded={isOpen}
          aria-label={spoken.filter((part) => part !== "").join(", ")}
          tabIndex={isCurrent ? 0 : -1}
          onClick={() => onToggle({ kind: "plan", id: plan.planId })}
        >
          <Icon name={isOpen ? "chevron-down" : "chevron-right"} />
          <span class="plan-name" title={plan.title}>
            {plan.title}
          </span>
        </button>
      </h2>
      <span class="plan-number">{t("Plan {0}", plan.number)}</span>
      {plan.parentIssue !== undefined && (
        <IssueLink
          number={plan.parentIssue}
          label={t("Issue {0} of Plan {1}", plan.parentIssue, plan.number)}
          isCurrent={isCurrent}
          onOpen={() => void store.ask({ name: "plan", action: "issue", planId: plan.planId })}
        />
      )}
      {plan.pausedReason !== undefined && (
        <span class="plan-paused" title={plan.pausedReason}>
          <Icon name="debug-pause" />
          {t("paused")}
        </span>
      )}
      <PlanWaits plan={plan} phases={all} />
      <Progress counts={counts} total={all.length} />
      <IconButton
        icon="ellipsis"
        label={t("Actions of Plan {0}, {1}", plan.number, plan.title)}
        hint={t("Actions of the Plan")}
        tabIndex={isCurrent ? 0 : -1}
        hasMenu
        onPress={(event) => openMenu(menuOf(placeBelow(event)))}
      />
    </div>
  );
}

function PlanWaits({ plan, phases }: PlanData): JSX.Element | null {
  const now = useNow(plan.waiting.kind === "retry");
  const text = planWaits({ plan, phases }, now);
  return text === "" ? null : (
    <span class="plan-waiting" title={text}>
      {text}
    </span>
  );
}

const planActions: readonly (readonly [
  CardPlanAction,
  label: Words,
  icon: string,
  group: number,
])[] = [
  ["pause", words`Pause Plan`, "debug-pause", 0],
  ["resume", words`Resume Plan`, "debug-continue", 0],
  ["retry", words`Retry Failed Phases`, "refresh", 0],
  ["goTo", words`Go to Plan`, "go-to-file", 1],
  ["issue", words`Open Issue`, "github", 1],
  ["showChanges", words`Show Changes`, "diff", 1],
  ["update", words`Update from File…`, "file-symlink-file", 1],
  ["remove", words`Remove Plan`, "trash", 2],
];

function useMenu(plan: CardPlan, all: readonly CardPhase[]): (place: Place) => MenuRequest {
  const { store } = useCard();
  return (place) => ({
    ...place,
    label: t("Plan {0}, {1}", plan.number, plan.title),
    groups: [0, 1, 2].map((wanted) =>
      planActions
        .filter(([action, , , group]) => group === wanted && plan.actions.includes(action))
        .map(([action, label, icon]) => ({
          label: said(label),
          icon,
          ...(action === "retry" && { effect: retriedInWords(all) }),
          run: () => void store.ask({ name: "plan", action, planId: plan.planId }),
        })),
    ),
  });
}
