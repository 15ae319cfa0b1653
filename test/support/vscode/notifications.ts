import type { Locator, Page } from "playwright-core";

/** The notifications and dialogs of the workbench. */
export class Notifications {
  constructor(private readonly page: Page) {}

  /** The messages that are shown now. */
  texts(): Promise<string[]> {
    return this.page
      .locator(".notification-list-item .notification-list-item-message")
      .allInnerTexts();
  }

  /** The notification that holds this text; wait for it with `waitFor()`. */
  notification(text: string | RegExp): Locator {
    return this.page.locator(".notification-list-item", { hasText: text });
  }

  /** Presses a button of the notification that holds this text. */
  async press(text: string | RegExp, button: string): Promise<void> {
    await this.notification(text).first().getByRole("button", { name: button }).click();
  }

  /** Presses a button of the modal dialog that is shown. */
  async pressInDialog(button: string): Promise<void> {
    await this.page
      .locator(".monaco-dialog-box")
      .getByRole("button", { name: button, exact: true })
      .click();
  }
}
