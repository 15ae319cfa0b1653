import { t } from "../../src/core/base/words";
import type { JSX } from "preact";

interface IssueLinkProps {
  readonly number: number;
  /** What it is the issue of: "Issue 12 of Plan 1". */
  readonly label: string;
  readonly isCurrent: boolean;
  readonly onOpen: () => void;
}

/** "#12", which opens that issue on GitHub. */
export function IssueLink({ number, label, isCurrent, onOpen }: IssueLinkProps): JSX.Element {
  return (
    <button
      type="button"
      class="link issue"
      aria-label={label}
      title={t("Open {0}", label)}
      tabIndex={isCurrent ? 0 : -1}
      onClick={(event) => {
        event.stopPropagation();
        onOpen();
      }}
    >
      #{number}
    </button>
  );
}
