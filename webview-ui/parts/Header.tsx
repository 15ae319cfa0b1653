import { t } from "../../src/core/base/words";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { CardData } from "../model/cardData";
import { type Counts, halfCount } from "../model/groups";
import { headline, isAtWork } from "../model/headline";
import { useCard } from "../context";
import { useNow } from "../useNow";
import { Icon } from "./Icon";
import { IconButton } from "./IconButton";

interface HeaderProps {
  readonly data: CardData;
  readonly counts: Counts;
}

/** Title, counts, what the queue waits for, and what can be done with the whole of it. */
export function Header({ data, counts }: HeaderProps): JSX.Element {
  const { store } = useCard();
  const { queue } = data;
  const hasPhases = Object.values(counts).some((count) => count > 0);
  return (
    <header class="header">
      <div class="header-line">
        <h1 class="header-title">{queue.folder ?? "Phase Hopper"}</h1>
        {hasPhases && (
          <span class="header-counts">
            {t("{0} in progress", halfCount(counts, "inProgress"))} •{" "}
            {t("{0} completed", counts.completed)}
            {counts.failed > 0 && (
              <span class="header-failed"> • {t("{0} failed", counts.failed)}</span>
            )}
            {counts.blocked > 0 && ` • ${t("{0} blocked", counts.blocked)}`}
          </span>
        )}
        <span class="header-buttons">
          {queue.canChange && (hasPhases || queue.paused) && (
            <PauseSwitch isPaused={queue.paused} />
          )}
          {queue.kind !== "untrusted" && queue.kind !== "noFolder" && (
            <IconButton
              icon="add"
              label={t("Enqueue Phases")}
              hint={t("Enqueue Phases…")}
              onPress={() => void store.ask({ name: "queue", action: "enqueue" })}
            />
          )}
          {queue.canChange && data.plans.some(isFinished) && (
            <IconButton
              icon="clear-all"
              label={t("Clear Completed")}
              hint={t("Clear Completed: plans with every phase completed leave the queue")}
              onPress={() => void store.ask({ name: "queue", action: "clearCompleted" })}
            />
          )}
        </span>
      </div>
      {hasPhases && <Headline data={data} />}
    </header>
  );
}

/** Its name tells the state that the queue is in, and what pressing it does. */
function PauseSwitch({ isPaused }: { readonly isPaused: boolean }): JSX.Element {
  const { store } = useCard();
  const [isAsking, setIsAsking] = useState(false);
  const press = async (): Promise<void> => {
    if (isAsking) {
      return;
    }
    setIsAsking(true);
    await store.ask({ name: "queue", action: isPaused ? "resume" : "pause" });
    setIsAsking(false);
  };
  return (
    <vscode-button
      class="pause"
      appearance={isPaused ? "primary" : "secondary"}
      // Disabled for real it would lose the focus, and the keyboard its place.
      aria-disabled={isAsking}
      aria-label={isPaused ? t("Resume: the queue is paused") : t("Pause: the queue is active")}
      title={isPaused ? t("Start what is ready") : t("Start nothing more; what runs goes on")}
      onClick={() => void press()}
    >
      <span slot="start" class={`codicon codicon-${isPaused ? "play" : "debug-pause"}`} />
      {isPaused ? t("Resume") : t("Pause")}
    </vscode-button>
  );
}

const waitingIcons = {
  running: "loading codicon-modifier-spin",
  retry: "history",
  person: "person",
  workflow: "radio-tower",
  paused: "debug-pause",
  failed: "error",
  completed: "pass",
  trouble: "warning",
} as const;

function Headline({ data }: { readonly data: CardData }): JSX.Element {
  const { kind } = data.queue.waiting;
  const isRunning = data.plans.some(({ phases }) => phases.some(isAtWork));
  const now = useNow(isRunning || kind === "retry");
  return (
    <p class={`headline headline-${kind}`}>
      <Icon name={waitingIcons[kind]} />
      <span>{headline(data, now)}</span>
    </p>
  );
}

function isFinished({ phases }: CardData["plans"][number]): boolean {
  return phases.length > 0 && phases.every(({ status }) => status === "completed");
}
