import type { Locator, Page } from "playwright-core";

/** The trees of the side bar, the explorer among them, and the menus of their rows. */
export class Tree {
  constructor(private readonly page: Page) {}

  /** The icon of a view container in the activity bar. */
  activityBarIcon(title: string): Locator {
    return this.page.locator(`.part.activitybar .action-label[aria-label^="${title}"]`);
  }

  /** Shows a view container by its icon in the activity bar. */
  async openContainer(title: string): Promise<void> {
    const icon = this.activityBarIcon(title);
    // A click on the one that is open would close it.
    if ((await icon.locator("xpath=ancestor::li").getAttribute("aria-selected")) !== "true") {
      await icon.click();
    }
  }

  /** The rows of the side bar that hold this text. */
  rows(text: string | RegExp): Locator {
    return this.page.locator(".part.sidebar .monaco-list-row", { hasText: text });
  }

  /** The texts of all rows that are shown. */
  async texts(): Promise<string[]> {
    const texts = await this.page.locator(".part.sidebar .monaco-list-row").allInnerTexts();
    return texts.map((text) => text.replace(/\s+/g, " ").trim());
  }

  /** Takes an entry of a row's context menu. */
  async chooseFromMenu(row: string | RegExp, entry: string): Promise<void> {
    await this.rows(row).first().click({ button: "right" });
    const menu = this.page.locator(".monaco-menu:visible");
    const item = menu.getByRole("menuitem", { name: entry }).first();
    await item.waitFor();
    // A menu that has just opened takes no click, lest the one that opened it chooses something.
    while (await item.isVisible()) {
      await item.click({ timeout: 1000 }).catch(() => undefined);
      await menu.waitFor({ state: "hidden", timeout: 500 }).catch(() => undefined);
    }
  }

  /** Presses an inline action of a row; those appear under the pointer. */
  async pressInlineAction(row: string | RegExp, action: string): Promise<void> {
    const found = this.rows(row).first();
    await found.hover();
    await found.locator(`.actions .action-label[aria-label^="${action}"]`).click();
  }
}
