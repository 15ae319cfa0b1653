import type { JSX } from "preact";
import { duration } from "../../src/core/protocol/words/duration";
import type { Heard } from "../cardStore";
import { useCard } from "../context";
import { useNow } from "../timeline/useMeasured";

/** Milliseconds; something comes every ten seconds as long as all is well. */
const worthSaying = 25_000;

/** How old the data is, once that is worth saying. */
export function StaleNote({ heard }: { readonly heard: Heard }): JSX.Element | null {
  const { link } = useCard();
  const age = useNow(false) - heard.at;
  if (age < worthSaying) {
    return null;
  }
  return (
    <div class="stale" role="status">
      Nothing new was heard for {duration(age)}.
      <button type="button" class="link" onClick={() => link.refresh()}>
        Refresh
      </button>
    </div>
  );
}
