import { t } from "../../src/core/base/words";
import type { JSX } from "preact";
import { duration } from "../../src/core/protocol/words/duration";
import { useCard } from "../context";
import { useNow } from "../useNow";

/** Milliseconds; something comes every ten seconds as long as all is well. */
const worthSaying = 25_000;

/** How old the data is, once that is worth saying. */
export function StaleNote(): JSX.Element | null {
  const { link, store } = useCard();
  const { silence } = store;
  // Drawn again now and then, which is when it looks; soon once there is something to take back.
  useNow(silence >= worthSaying);
  if (silence < worthSaying) {
    return null;
  }
  return (
    <div class="stale" role="status">
      {t("Nothing new was heard for {0}.", duration(silence))}{" "}
      <button type="button" class="link" onClick={() => link.refresh()}>
        {t("Refresh")}
      </button>
    </div>
  );
}
