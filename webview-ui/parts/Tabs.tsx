import { t } from "../../src/core/base/words";
import type { ComponentChildren, JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { type CardMemory, cardMemorySchema } from "../../src/core/protocol/card/cardMessages";
import type { Memory } from "../memory";
import type { CardData } from "../model/cardData";
import { type Counts, groupsOf, type Half, halfCount } from "../model/groups";
import { EmptyState } from "./EmptyState";
import { Icon } from "./Icon";
import { PhaseList } from "./PhaseList";
import { ActionButton } from "./QueueState";
import { TimelineTab } from "./TimelineTab";
import { useKeptPlace } from "./useKeptPlace";

type Tab = CardMemory["tab"];

interface TabsProps {
  readonly data: CardData;
  readonly counts: Counts;
  readonly tab: Tab;
  readonly onTab: (tab: Tab) => void;
  readonly memory: Memory;
}

/** The three ways to look at the queue; only the one that is chosen is drawn. */
export function Tabs({ data, counts, tab, onTab, memory }: TabsProps): JSX.Element {
  const inProgress = halfCount(counts, "inProgress");
  const completed = halfCount(counts, "completed");
  const failed = counts.failed > 0 ? `, ${t("{0} of them failed", counts.failed)}` : "";
  // The toolkit names a tab by its text, but only once: the names must follow the counts.
  return (
    <vscode-panels
      class="tabs"
      aria-label={t("Phases")}
      activeid={tabId(tab)}
      onChange={(event) => {
        const chosen = cardMemorySchema.shape.tab.safeParse(tabOf(event));
        if (chosen.success && chosen.data !== tab) {
          onTab(chosen.data);
        }
      }}
    >
      <vscode-panel-tab id={tabId("inProgress")} aria-label={`${t("In Progress")} ${inProgress}`}>
        {t("In Progress")} <vscode-badge>{inProgress}</vscode-badge>
      </vscode-panel-tab>
      <vscode-panel-tab
        id={tabId("completed")}
        aria-label={`${t("Completed")} ${completed}${failed}`}
      >
        {t("Completed")} <vscode-badge>{completed}</vscode-badge>
        {failed !== "" && (
          <>
            <Icon name="error" class="tab-failed status-failed" />
            <span class="unseen">{failed}</span>
          </>
        )}
      </vscode-panel-tab>
      <vscode-panel-tab id={tabId("timeline")}>{t("Timeline")}</vscode-panel-tab>
      <View isShown={tab === "inProgress"} memory={memory}>
        <HalfView data={data} half="inProgress" memory={memory} />
      </View>
      <View isShown={tab === "completed"} memory={memory}>
        <HalfView data={data} half="completed" memory={memory} />
      </View>
      <View isShown={tab === "timeline"} memory={memory}>
        <TimelineTab plans={data.plans} />
      </View>
    </vscode-panels>
  );
}

function tabId(tab: Tab): string {
  return `tab-${tab}`;
}

/** Which tab the panels tell of: the event's detail is its element. */
function tabOf(event: Event): string | undefined {
  return event instanceof CustomEvent && event.detail instanceof Element
    ? event.detail.id.replace(/^tab-/, "")
    : undefined;
}

interface ViewProps {
  readonly isShown: boolean;
  readonly memory: Memory;
  readonly children: ComponentChildren;
}

/** What a tab shows; where it is scrolled to survives a reload. */
function View({ isShown, memory, children }: ViewProps): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  useKeptPlace(scroller, memory, isShown);
  return (
    <vscode-panel-view class="view">
      {isShown && (
        <div ref={scroller} class="scroller">
          {children}
        </div>
      )}
    </vscode-panel-view>
  );
}

interface HalfViewProps {
  readonly data: CardData;
  readonly half: Half;
  readonly memory: Memory;
}

function HalfView({ data, half, memory }: HalfViewProps): JSX.Element {
  const groups = useMemo(() => groupsOf(data.plans, half), [data.plans, half]);
  const hasFailed = data.plans.some(({ phases }) =>
    phases.some(({ status }) => status === "failed"),
  );
  if (groups.length > 0) {
    return <PhaseList groups={groups} memory={memory} />;
  }
  if (half === "completed") {
    return (
      <EmptyState
        icon="checklist"
        title={t("Nothing Completed Yet")}
        text={t("Completed items will be displayed here")}
      />
    );
  }
  return (
    <EmptyState
      icon="inbox"
      title={t("Queue Empty")}
      text={
        hasFailed
          ? t(
              "Nothing is queued, ready or running. What failed is under Completed: retry it, or enqueue another plan.",
            )
          : t(
              "Nothing is queued, ready or running. What ran is under Completed; enqueue a plan to go on.",
            )
      }
    >
      {data.queue.canChange && <ActionButton action="enqueue" label={t("Enqueue Phases…")} />}
    </EmptyState>
  );
}
