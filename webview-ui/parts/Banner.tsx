import type { ComponentChildren, JSX } from "preact";
import { Icon } from "./Icon";

interface BannerProps {
  readonly kind: "information" | "warning" | "error";
  readonly text: string;
  /** Buttons. */
  readonly children?: ComponentChildren;
}

const icons = { information: "info", warning: "warning", error: "error" } as const;

/** A line above the phases that must be known before they are read. */
export function Banner({ kind, text, children }: BannerProps): JSX.Element {
  return (
    <div class={`banner banner-${kind}`} role={kind === "error" ? "alert" : "status"}>
      <Icon name={icons[kind]} />
      <span class="banner-text">{text}</span>
      {children !== undefined && <span class="banner-buttons">{children}</span>}
    </div>
  );
}
