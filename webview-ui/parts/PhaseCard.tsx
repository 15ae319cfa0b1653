import { t } from "../../src/core/base/words";
import type { JSX } from "preact";
import type { CardPhase } from "../../src/core/protocol/card/cardState";
import { useCard } from "../context";
import { phaseActions, type PhaseAction } from "../model/phaseActions";
import {
  cardInWords,
  dependenciesInWords,
  detailInWords,
  hasTitle,
  nameOf,
  statusWord,
  timeInWords,
} from "../model/phaseWords";
import type { Row } from "../model/rows";
import { useNow } from "../useNow";
import { PhaseDiffers } from "./Differs";
import { Icon, StatusIcon } from "./Icon";
import { IconButton } from "./IconButton";
import { IssueLink } from "./IssueLink";
import { memo } from "./memo";
import type { MenuRequest } from "./Menu";
import { isMenuKey, type Place, placeBelow, placeOf } from "./menuPlace";
import { PhaseDetails } from "./PhaseDetails";
import { rowElementId } from "./rowElement";

interface PhaseCardProps {
  readonly phase: CardPhase;
  /** Numbers of the phases that a retry of it brings back. */
  readonly freed: readonly number[];
  readonly isExpanded: boolean;
  readonly isCurrent: boolean;
  readonly onToggle: (row: Pick<Row, "kind" | "id">) => void;
}

/** A phase: what it is, how it stands, and what can be done about it. */
export const PhaseCard = memo((props: PhaseCardProps): JSX.Element => {
  const { phase, freed, isExpanded, isCurrent, onToggle } = props;
  const actions = phaseActions(phase, freed);
  const { store } = useCard();
  const name = nameOf(phase);
  const toggle = (): void => onToggle({ kind: "phase", id: phase.queueId });
  return (
    <PhaseFrame {...props} actions={actions} onOpenDetails={toggle}>
      <div class="phase-line">
        <IconButton
          icon={isExpanded ? "chevron-down" : "chevron-right"}
          label={t("Details of {0}", name)}
          hint={isExpanded ? t("Hide Details") : t("Show Details")}
          tabIndex={isCurrent ? 0 : -1}
          expanded={isExpanded}
          onPress={toggle}
        />
        <span class="phase-number">{phase.number}</span>
        <span class="phase-title" title={phase.title}>
          {hasTitle(phase) ? phase.title : t("Phase {0}", phase.number)}
        </span>
        {phase.issue !== undefined && (
          <IssueLink
            number={phase.issue}
            label={t("Issue {0} of {1}", phase.issue, name)}
            isCurrent={isCurrent}
            onOpen={() =>
              void store.ask({ name: "phase", action: "issue", queueId: phase.queueId })
            }
          />
        )}
        <PhaseButtons phase={phase} actions={actions} isCurrent={isCurrent} />
        <PhaseTime phase={phase} />
        <span class={`badge status-${phase.status}`}>
          <StatusIcon status={phase.status} {...(phase.turn && { turn: phase.turn })} />
          {statusWord(phase)}
        </span>
      </div>
      <PhaseFacts phase={phase} isCurrent={isCurrent} />
      <PhaseDetail phase={phase} isExpanded={isExpanded} />
      <PhaseDiffers phase={phase} isCurrent={isCurrent} />
      {isExpanded && <PhaseDetails phase={phase} actions={actions} />}
    </PhaseFrame>
  );
});

interface PhaseFrameProps extends PhaseCardProps {
  readonly actions: readonly PhaseAction[];
  readonly onOpenDetails: () => void;
  readonly children: JSX.Element | (JSX.Element | false)[];
}

function PhaseFrame(props: PhaseFrameProps): JSX.Element {
  const { phase, actions, isExpanded, isCurrent, onOpenDetails, children } = props;
  const { store, openMenu } = useCard();
  const menuAt = (place: Place): MenuRequest => ({
    ...place,
    label: nameOf(phase),
    groups: (["run", "look", "remove"] as const).map((wanted) =>
      actions
        .filter(({ group }) => group === wanted)
        .map(({ request, label, effect, icon }) => ({
          label,
          icon,
          ...(effect !== undefined && { effect }),
          run: () => void store.ask({ name: "phase", action: request, queueId: phase.queueId }),
        })),
    ),
  });
  return (
    <div
      id={rowElementId(phase.queueId)}
      data-row
      role="listitem"
      class={`phase${isExpanded ? " phase-expanded" : ""}`}
      aria-label={cardInWords(phase)}
      tabIndex={isCurrent ? 0 : -1}
      onClick={({ target, currentTarget }) => {
        // Not where something of its own is pressed, or text is being marked.
        const isFree = target instanceof Element && !target.closest("button, a, .details");
        if (isFree && getSelection()?.isCollapsed !== false) {
          currentTarget.focus({ preventScroll: true });
          onOpenDetails();
        }
      }}
      onContextMenu={(event) => {
        // Marked text of the details is copied by the editor's own menu.
        if (!(event.target instanceof Element && event.target.closest(".details"))) {
          event.preventDefault();
          openMenu(menuAt(placeOf(event)));
        }
      }}
      onKeyDown={(event) => {
        const isOwn = event.target === event.currentTarget;
        if (isOwn && (event.key === "Enter" || event.key === " ")) {
          event.preventDefault();
          const place = (["issue", "goTo"] as const).find((wanted) =>
            actions.some(({ request }) => request === wanted),
          );
          if (place !== undefined) {
            void store.ask({ name: "phase", action: place, queueId: phase.queueId });
          } else {
            onOpenDetails();
          }
        } else if (isOwn && isMenuKey(event)) {
          event.preventDefault();
          openMenu(menuAt(placeBelow(event)));
        }
      }}
    >
      {children}
    </div>
  );
}

interface PhaseButtonsProps {
  readonly phase: CardPhase;
  readonly actions: readonly PhaseAction[];
  readonly isCurrent: boolean;
}

/** Those that somebody waits for in words, the others as icons that show under pointer and focus. */
function PhaseButtons({ phase, actions, isCurrent }: PhaseButtonsProps): JSX.Element {
  const { store } = useCard();
  const tabIndex = isCurrent ? 0 : -1;
  const ask = ({ request }: PhaseAction): void =>
    void store.ask({ name: "phase", action: request, queueId: phase.queueId });
  return (
    <>
      <span class="phase-icons">
        {actions
          .filter(({ isAsked, request }) => !isAsked && onCard.has(request))
          .map((action) => (
            <IconButton
              key={action.request}
              icon={action.icon}
              label={`${action.label}: ${nameOf(phase)}`}
              hint={action.label}
              tabIndex={tabIndex}
              onPress={() => ask(action)}
            />
          ))}
      </span>
      {actions
        .filter(({ isAsked }) => isAsked)
        .map((action) => (
          <button
            key={action.request}
            type="button"
            class="word-button"
            tabIndex={tabIndex}
            title={action.effect === undefined ? action.label : `${action.label}: ${action.effect}`}
            aria-label={[`${action.label}: ${nameOf(phase)}`, action.effect ?? ""]
              .filter((part) => part !== "")
              .join(", ")}
            onClick={() => ask(action)}
          >
            <Icon name={action.icon} />
            {action.label}
          </button>
        ))}
    </>
  );
}

/** The rest is in the menu. */
const onCard: ReadonlySet<string> = new Set(["start", "cancel", "log", "goTo"]);

function PhaseTime({ phase }: { readonly phase: CardPhase }): JSX.Element | null {
  return phase.status === "running" ? (
    <RunningTime phase={phase} />
  ) : (
    <span class="phase-time">{timeInWords(phase, 0)}</span>
  );
}

function RunningTime({ phase }: { readonly phase: CardPhase }): JSX.Element {
  const now = useNow(true);
  return <span class="phase-time">{timeInWords(phase, now)}</span>;
}

interface PhaseDetailProps {
  readonly phase: CardPhase;
  readonly isExpanded: boolean;
}

/** Why it does not go on, or when it does. */
function PhaseDetail(props: PhaseDetailProps): JSX.Element | null {
  const { phase } = props;
  return phase.retryAt === undefined ? (
    <DetailLine {...props} text={detailInWords(phase, 0)} />
  ) : (
    <RetryDetail {...props} />
  );
}

function RetryDetail(props: PhaseDetailProps): JSX.Element | null {
  const now = useNow(true);
  return <DetailLine {...props} text={detailInWords(props.phase, now)} />;
}

interface DetailLineProps extends PhaseDetailProps {
  readonly text: string;
}

function DetailLine({ phase, isExpanded, text }: DetailLineProps): JSX.Element | null {
  return text === "" ? null : (
    <p class={`phase-detail status-${phase.status}`}>
      <Icon name={phase.status === "ready" ? "history" : "warning"} />
      <span class={isExpanded ? "" : "phase-detail-short"}>{text}</span>
    </p>
  );
}

interface PhaseFactsProps {
  readonly phase: CardPhase;
  readonly isCurrent: boolean;
}

/** The small print: what it comes after, its runner, how often it was tried, the plan's issue. */
function PhaseFacts({ phase, isCurrent }: PhaseFactsProps): JSX.Element {
  const { store } = useCard();
  const { parentIssue, planId } = phase;
  const after = dependenciesInWords(phase);
  const attempts = phase.attempts.length;
  return (
    <div class="phase-facts">
      {after !== "" && <span>{after}</span>}
      <span>{t("Runner {0}", phase.runner)}</span>
      {attempts > 1 && <span>{t("{0} attempts", attempts)}</span>}
      {parentIssue !== undefined && (
        <span>
          {t("Part of")}{" "}
          <IssueLink
            number={parentIssue}
            label={t("Issue {0}, which {1} is part of", parentIssue, nameOf(phase))}
            isCurrent={isCurrent}
            onOpen={() => void store.ask({ name: "plan", action: "issue", planId })}
          />
        </span>
      )}
    </div>
  );
}
