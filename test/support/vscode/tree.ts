import { eventually } from "../eventually";
import type { Locator, Page } from "playwright-core";

/** How long a row and its action may take to be there, in milliseconds. */
const actionPatience = 30_000;

const noBox = { x: 0, y: 0, width: 0, height: 0 };

/** The trees of the side bar, the explorer among them, and the menus of their rows. */
export class Tree {
  constructor(private readonly page: Page) {}

  /** The icon of a view container in the activity bar. */
  activityBarIcon(title: string): Locator {
    return this.page.locator(`.part.activitybar .action-label[aria-label^="${title}"]`);
  }

  /** Shows a view container by its icon in the activity bar. */
  async openContainer(title: string): Promise<void> {
    const isOpen = (): Promise<boolean> => this.isOpen(title);
    // A click on the one that is open would close it, and one on a page that is loading is lost.
    for (let clicks = 0; clicks < 10 && !(await isOpen()); clicks += 1) {
      await this.activityBarItem(title).click();
      await eventually(`${title} is open`, isOpen, 3000).catch(() => undefined);
    }
  }

  /** Whether the side bar shows this view container. */
  async isOpen(title: string): Promise<boolean> {
    return (await this.activityBarItem(title).getAttribute("aria-selected")) === "true";
  }

  /** The whole item: its badge may cover the icon. */
  private activityBarItem(title: string): Locator {
    return this.activityBarIcon(title).locator("xpath=ancestor::li");
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
    await eventually(`the menu of ${row} is open`, () => this.openMenu(row));
    await this.chooseFromOpenMenu(entry);
  }

  /** The same until `effect` is seen: rows that a new plan moves take the menu away again. */
  async chooseUntil(row: string | RegExp, entry: string, effect: Locator): Promise<void> {
    for (let times = 0; times < 5 && !(await effect.isVisible()); times += 1) {
      await this.chooseFromMenu(row, entry);
      await effect.waitFor({ timeout: 5000 }).catch(() => undefined);
    }
    await effect.waitFor();
  }

  /** Takes an entry of a menu within a row's context menu. */
  async chooseFromSubmenu(row: string | RegExp, submenu: string, entry: string): Promise<void> {
    await eventually(`the menu of ${row} is open`, () => this.openMenu(row));
    const items = this.page.locator(".monaco-menu:visible").getByRole("menuitem");
    const parent = items.filter({ hasText: submenu }).first();
    await eventually(`the menu ${submenu} is open`, async () => {
      await parent.click({ timeout: 1000 }).catch(() => undefined);
      return items.filter({ hasText: entry }).first().isVisible();
    });
    await this.chooseFromOpenMenu(entry);
  }

  /** Drags a row onto another one: by events, since a browser without a screen drags nothing itself. */
  async drag(from: string | RegExp, to: string | RegExp): Promise<void> {
    const dataTransfer = await this.page.evaluateHandle("new DataTransfer()");
    const source = this.rows(from).first();
    const target = this.rows(to).first();
    const { x, y, width, height } = (await target.boundingBox()) ?? noBox;
    const there = { dataTransfer, clientX: x + width / 2, clientY: y + height / 2 };
    await source.dispatchEvent("dragstart", { dataTransfer });
    await target.dispatchEvent("dragenter", there);
    await target.dispatchEvent("dragover", there);
    await target.dispatchEvent("drop", there);
    await source.dispatchEvent("dragend", { dataTransfer });
  }

  /** Opens a row's context menu, unless the row moves away from under the pointer. */
  async openMenu(row: string | RegExp): Promise<boolean> {
    const click = this.rows(row).first().click({ button: "right", timeout: 3000 });
    return click.then(
      () => true,
      () => false,
    );
  }

  /** Takes an entry of the context menu that is open. */
  async chooseFromOpenMenu(entry: string): Promise<void> {
    const menu = this.page.locator(".monaco-menu:visible");
    const item = menu.getByRole("menuitem", { name: entry }).first();
    await item.waitFor();
    // A menu that has just opened takes no click, lest the one that opened it chooses something.
    for (let clicks = 0; clicks < 10 && (await item.isVisible()); clicks += 1) {
      await item.click({ timeout: 1000 }).catch(() => undefined);
      await menu.waitFor({ state: "hidden", timeout: 500 }).catch(() => undefined);
    }
  }

  /** Presses an inline action of a row; those appear under the pointer. */
  async pressInlineAction(
    row: string | RegExp,
    action: string,
    patience = actionPatience,
  ): Promise<void> {
    const found = this.rows(row).first();
    await found.hover({ timeout: patience });
    const label = found.locator(`.actions .action-label[aria-label^="${action}"]`);
    await label.click({ timeout: patience });
  }

  /**
   * The same until `effect` is seen: a row of what runs is drawn anew each second, one of what ended once
   * more, and a click in that moment is lost.
   */
  async pressUntil(row: string | RegExp, action: string, effect: Locator): Promise<void> {
    for (let presses = 0; presses < 5 && !(await effect.isVisible()); presses += 1) {
      // Pressed after all, and late: then the action may be gone, and what it does is still to come.
      await this.pressInlineAction(row, action, 5000).catch(() => undefined);
      await effect.waitFor({ timeout: 5000 }).catch(() => undefined);
    }
    await effect.waitFor();
  }
}
