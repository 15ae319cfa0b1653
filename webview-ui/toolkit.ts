import {
  provideVSCodeDesignSystem,
  vsCodeBadge,
  vsCodeButton,
  vsCodePanels,
  vsCodePanelTab,
  vsCodePanelView,
  vsCodeProgressRing,
} from "@vscode/webview-ui-toolkit";
import type { HTMLAttributes } from "preact";

/** The only file that knows the toolkit: what it brings, and the attributes that we give to it. */
export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(
    vsCodeBadge(),
    vsCodeButton(),
    vsCodePanels(),
    vsCodePanelTab(),
    vsCodePanelView(),
    vsCodeProgressRing(),
  );
}

interface ToolkitButton extends HTMLAttributes {
  readonly appearance?: "primary" | "secondary" | "icon";
  readonly disabled?: boolean;
}

interface ToolkitPanels extends Omit<HTMLAttributes, "onChange"> {
  /** The id of the tab that is shown. */
  readonly activeid: string;
  readonly onChange: (event: Event) => void;
}

declare module "preact/jsx-runtime" {
  // Elements can be added to JSX only by declaring them in its namespace.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace JSX {
    interface IntrinsicElements {
      "vscode-badge": HTMLAttributes;
      "vscode-button": ToolkitButton;
      "vscode-panels": ToolkitPanels;
      "vscode-panel-tab": HTMLAttributes;
      "vscode-panel-view": HTMLAttributes;
      "vscode-progress-ring": HTMLAttributes;
    }
  }
}
