import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Browser, chromium, type Frame, type Page } from "playwright-core";
import { browserInstallation } from "./installation";
import { Notifications } from "./notifications";
import { QuickInput } from "./quickInput";
import type { VsCodeServer } from "./server";
import { Tree } from "./tree";

/** Where screenshots are saved, for people to look at. */
const pictures = resolve("test/out");
/** How long the workbench may take to appear; 6 to 9 s on two cores. */
const openPatience = 90_000;

/** How long a picture may take; on a machine with other things to do, a page is drawn late. */
const picturePatience = 180_000;

/** What a workbench is opened with. */
export interface WorkbenchOptions {
  /** A folder, or a .code-workspace file. */
  readonly workspace?: string;
  /** What is run in the extension host, if the server was started for that. */
  readonly suite?: {
    /** The folder of the extension. */
    readonly extension: string;
    /** The compiled tests, without `.js`. */
    readonly tests: string;
  };
  readonly size?: { readonly width: number; readonly height: number };
  /** A script that runs in every document before its own ones, those of webviews included. */
  readonly probe?: string;
  /** A line of the extension host's console. */
  readonly onLog?: (line: string) => void;
}

/** VS Code's workbench on a page of a headless browser. */
export class Workbench {
  readonly quickInput: QuickInput;
  readonly tree: Tree;
  readonly notifications: Notifications;

  private constructor(
    readonly page: Page,
    readonly server: VsCodeServer,
    private readonly browser: Browser,
    /** Resolves with the exit code when tests were handed over and have ended. */
    readonly testsEnded: Promise<number>,
  ) {
    this.quickInput = new QuickInput(page);
    this.tree = new Tree(page);
    this.notifications = new Notifications(page);
  }

  /** Opens the workbench and waits until it can be used. */
  static async open(server: VsCodeServer, options: WorkbenchOptions = {}): Promise<Workbench> {
    const browser = await launchBrowser(server);
    try {
      const page = await browser.newPage({
        viewport: options.size ?? { width: 1280, height: 800 },
      });
      page.setDefaultTimeout(60_000);
      if (options.probe !== undefined) {
        await page.addInitScript(options.probe);
      }
      await page.exposeFunction("codeAutomationLog", (_type: string, args: unknown[]) =>
        options.onLog?.(args.map(String).join(" ")),
      );
      const testsEnded = new Promise<number>((resolve, reject) => {
        page.on("crash", () => reject(new Error("The page of the workbench crashed.")));
        browser.on("disconnected", () => reject(new Error("The browser ended.")));
        page.exposeFunction("codeAutomationExit", resolve).catch(reject);
      });
      // Most pages run no tests: nobody waits for those to end.
      testsEnded.catch(() => undefined);
      await page.goto(workbenchUrl(server, options));
      const workbench = new Workbench(page, server, browser, testsEnded);
      await workbench.waitUntilUp();
      return workbench;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** Waits until the workbench shows its parts, as after a reload of the page. */
  async waitUntilUp(): Promise<void> {
    const { page } = this;
    await page.waitForSelector(".monaco-workbench .part.activitybar", { timeout: openPatience });
    await page.waitForSelector(".monaco-workbench .part.statusbar .statusbar-item", {
      timeout: openPatience,
    });
    // What spins is drawn sixty times a second without a graphics card: nothing else would get done.
    await page.addStyleTag({ content: "* { animation: none !important; }" });
    // It opens in its default colours and reads the user's settings after that.
    await this.waitForTheme();
  }

  /** Loads the page again; it comes back to the same extension host. */
  async reloadPage(): Promise<void> {
    await this.page.reload();
    await this.waitUntilUp();
  }

  /** Saves what is shown as test/out/NAME.png and answers the path. */
  async screenshot(name: string): Promise<string> {
    mkdirSync(pictures, { recursive: true });
    const path = join(pictures, `${name}.png`);
    await this.page.screenshot({ path, timeout: picturePatience });
    return path;
  }

  /** Changes the colour theme through the user's settings; the page is loaded again for it. */
  async useTheme(theme: ColorTheme): Promise<void> {
    // The server does not reliably notice that the file changed; a page that opens reads it.
    this.server.changeSettings({ "workbench.colorTheme": themes[theme].name });
    await this.reloadPage();
  }

  /** Changes the colour theme as a user does, while everything stays open. */
  async pickTheme(theme: ColorTheme): Promise<void> {
    const { label, mark, name } = themes[theme];
    await this.quickInput.runCommand("Preferences: Color Theme");
    await this.quickInput.type(label);
    await this.quickInput.choose(label);
    await this.page.waitForSelector(`.monaco-workbench.${mark}`);
    // So that settings that are changed after this keep the theme.
    this.server.changeSettings({ "workbench.colorTheme": name });
  }

  private async waitForTheme(): Promise<void> {
    const wanted = this.server.setting("workbench.colorTheme");
    const theme = Object.values(themes).find(({ name }) => name === wanted);
    if (theme !== undefined) {
      await this.page.waitForSelector(`.monaco-workbench.${theme.mark}`, { timeout: openPatience });
    }
  }

  /** Waits for the frame of a webview that has an element for this selector. */
  async webview(selector: string): Promise<Frame> {
    const deadline = performance.now() + openPatience;
    for (;;) {
      for (const frame of this.page.frames()) {
        // A frame may be replaced while it is asked; then it is not the one yet.
        const count = await frame
          .locator(selector)
          .count()
          .catch(() => 0);
        if (frame !== this.page.mainFrame() && count > 0) {
          return frame;
        }
      }
      if (performance.now() > deadline) {
        throw new Error(`No webview shows "${selector}".`);
      }
      await this.page.waitForTimeout(100);
    }
  }

  /** Closes the browser; the server goes on. */
  async close(): Promise<void> {
    await this.browser.close();
  }
}

/** By its id in the settings, its label in the pick, and the class it gives to the workbench. */
const themes = {
  dark: { name: "Dark Modern", label: "Dark Modern", mark: "vs-dark" },
  light: { name: "Light Modern", label: "Light Modern", mark: "vs" },
  highContrast: { name: "Default High Contrast", label: "Dark High Contrast", mark: "hc-black" },
  highContrastLight: {
    name: "Default High Contrast Light",
    label: "Light High Contrast",
    mark: "hc-light",
  },
} as const;

export type ColorTheme = keyof typeof themes;
export const colorThemes: readonly ColorTheme[] = [
  "dark",
  "light",
  "highContrast",
  "highContrastLight",
];

async function launchBrowser(server: VsCodeServer): Promise<Browser> {
  const { executable, args } = await browserInstallation();
  return chromium.launch({
    executablePath: executable,
    args: [...args],
    chromiumSandbox: false,
    env: { ...process.env, ...server.environment },
  });
}

/** The address at which the server shows a workspace. */
export function workbenchUrl(server: VsCodeServer, options: WorkbenchOptions): string {
  const url = new URL(server.url);
  const { workspace, suite } = options;
  if (workspace !== undefined) {
    url.searchParams.set(workspace.endsWith(".code-workspace") ? "workspace" : "folder", workspace);
  }
  if (suite !== undefined) {
    const onServer = (path: string): string => `vscode-remote://${server.authority}${path}`;
    const payload = [
      ["skipWelcome", "true"],
      ["extensionDevelopmentPath", onServer(suite.extension)],
      ["extensionTestsPath", onServer(suite.tests)],
    ];
    url.searchParams.set("payload", JSON.stringify(payload));
  }
  return url.href;
}
