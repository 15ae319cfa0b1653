import type { ComponentChildren, JSX } from "preact";
import { Icon } from "./Icon";

interface EmptyStateProps {
  readonly icon: string;
  readonly title: string;
  readonly text?: string;
  /** Buttons. */
  readonly children?: ComponentChildren;
}

/** What stands where there is nothing: what that means, and what to do next. */
export function EmptyState({ icon, title, text, children }: EmptyStateProps): JSX.Element {
  return (
    <div class="empty">
      <Icon name={icon} class="empty-icon" />
      <h2 class="empty-title">{title}</h2>
      {text !== undefined && <p class="empty-text">{text}</p>}
      {children !== undefined && <div class="empty-buttons">{children}</div>}
    </div>
  );
}
