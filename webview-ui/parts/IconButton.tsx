import type { JSX } from "preact";
import { Icon } from "./Icon";

interface IconButtonProps {
  readonly icon: string;
  /** What it does, and to what: "Retry Phase 2 Build". */
  readonly label: string;
  /** Shown under the pointer. */
  readonly hint: string;
  readonly tabIndex?: number;
  readonly expanded?: boolean;
  readonly hasMenu?: boolean;
  readonly onPress: (event: MouseEvent) => void;
}

/** A small button that a card can have a thousand times, which is why it is the browser's own. */
export function IconButton(props: IconButtonProps): JSX.Element {
  const { icon, label, hint, tabIndex = 0, expanded, hasMenu = false, onPress } = props;
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      aria-expanded={expanded}
      aria-haspopup={hasMenu ? "menu" : undefined}
      title={hint}
      tabIndex={tabIndex}
      onClick={(event) => {
        event.stopPropagation();
        onPress(event);
      }}
    >
      <Icon name={icon} />
    </button>
  );
}
