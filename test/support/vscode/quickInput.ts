import type { Locator, Page } from "playwright-core";

/** How long a command may take to become one that can be run. */
const commandPatience = 30_000;
/** How long one look for it takes at most. */
const lookTime = 3000;

/** The box on top of the workbench: palette, picks and questions for a text. */
export class QuickInput {
  private readonly box: Locator;

  constructor(private readonly page: Page) {
    this.box = page.locator(".quick-input-widget:visible");
  }

  /**
   * Runs a command by the title that the palette shows, category included. What can be run is decided
   * when the palette opens, and a workbench that still loads closes it: so it is opened anew until the
   * command was clicked.
   */
  async runCommand(title: string): Promise<void> {
    const row = this.box.locator(".monaco-list-row", { hasText: title }).first();
    for (const deadline = performance.now() + commandPatience; ;) {
      try {
        await this.page.keyboard.press("F1");
        await this.type(`>${title}`, lookTime);
        await row.click({ timeout: lookTime });
        return;
      } catch (error) {
        if (performance.now() > deadline) {
          throw error;
        }
      }
      await this.page.keyboard.press("Escape");
    }
  }

  /** Replaces what stands in the field; waits for it for `timeout` milliseconds at most. */
  async type(text: string, timeout?: number): Promise<void> {
    await this.box.locator("input[type=text]").fill(text, timeout === undefined ? {} : { timeout });
  }

  /** Takes what is offered or typed, once it is asked for. */
  async accept(): Promise<void> {
    await this.box.waitFor();
    await this.page.keyboard.press("Enter");
  }

  /** Clicks the first row with this text. */
  async choose(text: string): Promise<void> {
    await this.box.locator(".monaco-list-row", { hasText: text }).first().click();
  }

  /** Ticks or unticks the row with this text. */
  async toggle(text: string): Promise<void> {
    const row = this.box.locator(".monaco-list-row", { hasText: text }).first();
    await row.locator(".monaco-checkbox, input[type=checkbox]").first().click();
  }

  /** The rows that are shown: label, description and detail as one text. */
  async rows(): Promise<string[]> {
    await this.box.locator(".monaco-list-row").first().waitFor();
    const texts = await this.box.locator(".monaco-list-row").allInnerTexts();
    return texts.map((text) => text.replace(/\s+/g, " ").trim());
  }
}
