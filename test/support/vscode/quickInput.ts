import type { Locator, Page } from "playwright-core";

/** The box on top of the workbench: palette, picks and questions for a text. */
export class QuickInput {
  private readonly box: Locator;

  constructor(private readonly page: Page) {
    this.box = page.locator(".quick-input-widget:visible");
  }

  /** Runs a command by the title that the palette shows, category included. */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press("F1");
    await this.type(`>${title}`);
    await this.choose(title);
  }

  /** Replaces what stands in the field. */
  async type(text: string): Promise<void> {
    await this.box.locator("input[type=text]").fill(text);
  }

  /** Takes what is offered or typed. */
  async accept(): Promise<void> {
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
