import { t } from "../../src/core/base/words";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { LiveLog } from "./liveLog";
import { LogLineView } from "./LogLineView";
import { useLogTheme } from "./useLogTheme";

interface LiveLogProps {
  readonly log: LiveLog;
  /** What is shown, for who cannot see it: "Output of Phase 3 Build". */
  readonly label: string;
}

/** So near to the end counts as being there: places are rounded. */
const nearEnd = 4;

/**
 * The last lines of an attempt's output. It follows the end until the reader scrolls up, and again
 * once the reader is back at the end.
 */
export function LiveLogView({ log, label }: LiveLogProps): JSX.Element {
  const [view, setView] = useState(log.view);
  const [following, setFollowing] = useState(true);
  const scroller = useRef<HTMLDivElement>(null);
  const theme = useLogTheme();
  useEffect(() => {
    setView(log.view);
    return log.subscribe(setView);
  }, [log]);
  const toEnd = (): void => {
    if (scroller.current) {
      scroller.current.scrollTop = scroller.current.scrollHeight;
    }
  };
  useLayoutEffect(() => {
    if (following) {
      toEnd();
    }
  }, [view, following]);
  return (
    <div class="log">
      <div
        ref={scroller}
        class="log-lines"
        role="log"
        aria-label={label}
        // A screen reader would read on without end; who wants to listen reads the lines.
        aria-live="off"
        tabIndex={0}
        onScroll={({ currentTarget }) => setFollowing(isAtEnd(currentTarget))}
        // These keys scroll the log; the card around it has a use of its own for them.
        onKeyDown={(event) => {
          if (scrollKeys.has(event.key)) {
            event.stopPropagation();
          }
        }}
      >
        {view.lines.map((line) => (
          <LogLineView key={line.id} line={line} theme={theme} />
        ))}
        {view.lines.length === 0 && (
          <div class="log-line log-notice">
            {view.state === "ended" ? t("No output") : t("No output yet")}
          </div>
        )}
      </div>
      {!following && (
        <button
          type="button"
          class="log-follow"
          onClick={() => {
            setFollowing(true);
            scroller.current?.focus();
          }}
        >
          <span aria-hidden="true">↓</span>{" "}
          {view.state === "ended" ? t("To the end") : t("Follow again")}
        </button>
      )}
    </div>
  );
}

const scrollKeys: ReadonlySet<string> = new Set([
  "ArrowUp",
  "ArrowDown",
  "ArrowLeft",
  "ArrowRight",
  "PageUp",
  "PageDown",
  "Home",
  "End",
  " ",
]);

function isAtEnd({ scrollTop, clientHeight, scrollHeight }: HTMLElement): boolean {
  return scrollTop + clientHeight >= scrollHeight - nearEnd;
}
