import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Frame, Locator } from "playwright-core";
import * as z from "zod";
import type { ColorTheme, Workbench } from "./workbench";

/** The element of the webview that holds the whole card. */
const root = "#card";
const pictures = resolve("test/out/card");

/** How VS Code names the kind of its theme to webviews. */
const themeKinds: Readonly<Record<ColorTheme, string>> = {
  dark: "vscode-dark",
  light: "vscode-light",
  highContrast: "vscode-high-contrast",
  highContrastLight: "vscode-high-contrast-light",
};

/** The hopper card in a workbench: a webview, that is a document two frames deep. */
export class Card {
  private constructor(
    private readonly workbench: Workbench,
    private current: Frame,
  ) {}

  /** Opens the card by its command. */
  static async open(workbench: Workbench): Promise<Card> {
    await workbench.quickInput.runCommand("Phase Hopper: Open Hopper");
    return Card.find(workbench);
  }

  /** Waits for a card that opens by itself, as after a reload of the window. */
  static async find(workbench: Workbench): Promise<Card> {
    return new Card(workbench, await workbench.webview(root));
  }

  /** The document of the card. VS Code replaces it now and then: do not keep it. */
  get frame(): Frame {
    return this.current;
  }

  /** Elements of the card, of those only the ones with this text. */
  locator(selector: string, hasText: string | RegExp = ""): Locator {
    return this.current.locator(selector, { hasText });
  }

  /** Finds the card's document again after VS Code replaced it: a reload, a move to another group. */
  async findAgain(): Promise<void> {
    this.current = await this.workbench.webview(root);
  }

  /** Takes away the notifications, which stand in front of the card. */
  async clearNotifications(): Promise<void> {
    await this.workbench.quickInput.runCommand("Notifications: Clear All Notifications");
  }

  /** Changes the theme under the open card and waits until the card has its colours. */
  async useTheme(theme: ColorTheme): Promise<void> {
    await this.workbench.pickTheme(theme);
    await this.locator(`body[data-vscode-theme-kind="${themeKinds[theme]}"]`).waitFor();
  }

  /** What an automated check finds wrong with the accessibility of the card as it is shown now. */
  async violations(): Promise<string[]> {
    return violationsIn(this.current);
  }

  /** Saves a picture of the card alone as test/out/card/NAME.png and answers the path. */
  async screenshot(name: string): Promise<string> {
    const path = join(pictures, `${name}.png`);
    mkdirSync(dirname(path), { recursive: true });
    const outer = this.current.parentFrame() ?? this.current;
    const box = await (await outer.frameElement()).boundingBox();
    await this.workbench.page.screenshot({
      path,
      // An element's own picture waits for it to stand still, which takes seconds.
      ...(box && { clip: box }),
    });
    return path;
  }
}

/**
 * What an automated check finds wrong with the accessibility of a document: a line for each place, fit
 * to be compared with an empty list. It finds some kinds of faults, not all.
 */
export async function violationsIn(frame: Frame): Promise<string[]> {
  // Colours that are fading would be measured half way; animations that never end are left alone.
  await frame.evaluate(`Promise.all(
    document.getAnimations()
      .filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity)
      .map((animation) => animation.finished.catch(() => undefined)),
  ).then(() => undefined)`);
  await frame.evaluate(axeSource());
  const result: unknown = await frame.evaluate("axe.run(document)");
  return axeResult
    .parse(result)
    .violations.flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ target, failureSummary = "" }) =>
          `${id} (${help}) at ${JSON.stringify(target)}: ${failureSummary.replaceAll(/\s+/g, " ")}`,
      ),
    );
}

const axeResult = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      help: z.string(),
      nodes: z.array(z.object({ target: z.unknown(), failureSummary: z.string().optional() })),
    }),
  ),
});

function axeSource(): string {
  return readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
}
