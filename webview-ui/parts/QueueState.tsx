import { t } from "../../src/core/base/words";
import type { JSX } from "preact";
import type { CardQueueAction } from "../../src/core/protocol/card/cardMessages";
import type { CardQueue } from "../../src/core/protocol/card/cardState";
import { useCard } from "../context";
import { Banner } from "./Banner";
import { EmptyState } from "./EmptyState";

interface ActionButtonProps {
  readonly action: CardQueueAction;
  readonly label: string;
  readonly isSecondary?: boolean;
}

/** A button that asks for something queue-wide. */
export function ActionButton({
  action,
  label,
  isSecondary = false,
}: ActionButtonProps): JSX.Element {
  const { store } = useCard();
  return (
    <vscode-button
      appearance={isSecondary ? "secondary" : "primary"}
      onClick={() => void store.ask({ name: "queue", action })}
    >
      {label}
    </vscode-button>
  );
}

/** While there is no queue to show: nothing came yet, or it is being opened. */
export function Loading({ text }: { readonly text: string }): JSX.Element {
  return (
    <div class="empty" role="status">
      {/* The toolkit gives it an English name of its own; the text beside it says the same. */}
      <vscode-progress-ring aria-hidden="true" />
      <p class="empty-text">{text}</p>
    </div>
  );
}

/** In place of the phases: what this window cannot show, and the way out. */
export function NothingToShow({ queue }: { readonly queue: CardQueue }): JSX.Element {
  switch (queue.kind) {
    case "opening":
      return <Loading text={t("Opening the queue…")} />;
    case "noFolder":
      return (
        <EmptyState
          icon="folder"
          title={t("No Folder Is Open")}
          text={t("Plans are enqueued, run and kept in a folder.")}
        >
          <ActionButton action="openFolder" label={t("Open Folder")} />
        </EmptyState>
      );
    case "untrusted":
      return (
        <EmptyState
          icon="workspace-untrusted"
          title={t("The Workspace Is Not Trusted")}
          text={t(
            "Phases run commands: in an untrusted workspace its queue is not even read. Plans can be previewed.",
          )}
        >
          <ActionButton action="trust" label={t("Manage Workspace Trust")} />
        </EmptyState>
      );
    case "foreign":
      return (
        <EmptyState icon="workspace-unknown" title={t("Not Your Queue")} text={queue.message}>
          <ActionButton action="adopt" label={t("Adopt Queue…")} />
        </EmptyState>
      );
    case "failed":
      return (
        <div class="empty" role="alert">
          <EmptyState icon="error" title={t("The Queue Cannot Be Opened")} text={queue.message}>
            <ActionButton action="reopen" label={t("Retry")} />
            {queue.canRepair && (
              <ActionButton action="repair" label={t("Repair Queue…")} isSecondary />
            )}
          </EmptyState>
        </div>
      );
    case "absent":
    case "owner":
    case "follower":
      return (
        <>
          <QueueBanner queue={queue} />
          <EmptyState
            icon="inbox"
            title={t("Queue Empty")}
            text={t(
              "Enqueue a plan: a Markdown file with a heading for each phase, such as “## Phase 1: Setup”. Its phases run one after another, each exactly once.",
            )}
          >
            <ActionButton action="enqueue" label={t("Enqueue Phases…")} />
          </EmptyState>
        </>
      );
  }
}

/** Above what is shown: how this window stands to the queue, where that is not plain. */
export function QueueBanner({ queue }: { readonly queue: CardQueue }): JSX.Element | null {
  const { kind, message } = queue;
  if (message === "") {
    return null;
  }
  switch (kind) {
    case "follower":
      return queue.canTakeOver ? (
        <Banner kind="warning" text={message}>
          <ActionButton action="takeOver" label={t("Take Over…")} />
        </Banner>
      ) : (
        <Banner kind="information" text={message} />
      );
    case "foreign":
      return (
        <Banner kind="warning" text={message}>
          <ActionButton action="adopt" label={t("Adopt Queue…")} />
        </Banner>
      );
    case "failed":
      return (
        <Banner kind="error" text={message}>
          <ActionButton action="reopen" label={t("Retry")} />
          {queue.canRepair && (
            <ActionButton action="repair" label={t("Repair Queue…")} isSecondary />
          )}
        </Banner>
      );
    default:
      return <Banner kind="information" text={message} />;
  }
}
