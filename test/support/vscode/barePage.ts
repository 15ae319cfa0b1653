import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Frame, type Locator, type Page } from "playwright-core";
import * as z from "zod";
import {
  type FromCard,
  fromCardSchema,
  type ToCard,
} from "../../../src/core/protocol/card/cardMessages";
import { cardDocument } from "../../../src/vscode/card/cardDocument";
import { browserInstallation } from "./installation";

const origin = "http://card.test";

/** What an editor gives to its webviews, and what is to be seen of the page's doings from outside. */
const editor = `
  window.sent = [];
  window.refused = [];
  addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
    window.refused.push(effectiveDirective + " " + blockedURI));
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => window.sent.push(message),
    getState: () => JSON.parse(sessionStorage.getItem("kept") ?? "null") ?? undefined,
    setState: (state) => sessionStorage.setItem("kept", JSON.stringify(state)),
  });
`;

/** Around the card: a field in place of the rest of the editor. */
const surroundings = `<!doctype html><title>Editor</title>
  <style>body { margin: 0 } iframe { display: block; border: 0; width: 100%; height: 700px }</style>
  <textarea id="editor" aria-label="Editor"></textarea><iframe src="/card" title="Card"></iframe>`;

/**
 * The card's page in a browser without the editor and without an extension: a test says what it is sent,
 * sees what it asks for, and has its time in hand. Its policy is the real one.
 */
export class BarePage {
  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
  ) {}

  /** @param texts in the user's language by their English ones; English without. */
  static async open(texts?: Readonly<Record<string, string>>): Promise<BarePage> {
    const { executable, args } = await browserInstallation();
    const browser = await chromium.launch({
      executablePath: executable,
      args: [...args],
      chromiumSandbox: false,
    });
    try {
      const page = await browser.newPage({ viewport: { width: 1000, height: 760 } });
      page.setDefaultTimeout(60_000);
      await page.addInitScript(editor);
      await page.route(`${origin}/**`, async (route) => {
        const { pathname } = new URL(route.request().url());
        await route.fulfill(answerTo(pathname, texts));
      });
      return new BarePage(browser, page);
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** Loads a card of which nothing was kept; its clock begins at `time`. */
  async load(time: number): Promise<void> {
    await this.page.clock.install({ time });
    await this.page.goto(`${origin}/blank`);
    await this.page.evaluate("sessionStorage.clear()");
    await this.reload();
  }

  /** Loads the page again, which has what it kept. */
  async reload(): Promise<void> {
    await this.page.goto(origin);
    await this.asked((all) => all.some(({ type }) => type === "ready"));
  }

  get frame(): Frame {
    const frame = this.page.frame({ url: `${origin}/card` });
    if (!frame) {
      throw new Error("The card's frame is gone.");
    }
    return frame;
  }

  locator(selector: string, hasText: string | RegExp = ""): Locator {
    return this.frame.locator(selector, { hasText });
  }

  /** Sends something, which need not be a message; what is drawn for it comes a moment later. */
  async send(message: ToCard | object | string): Promise<void> {
    await this.frame.evaluate(
      `window.dispatchEvent(new MessageEvent("message", { data: ${JSON.stringify(message)} }))`,
    );
    await this.page.clock.runFor(100);
  }

  /** Lets time pass. */
  async advance(milliseconds: number): Promise<void> {
    await this.page.clock.runFor(milliseconds);
  }

  /** What the page said so far. */
  async sent(): Promise<FromCard[]> {
    return z.array(fromCardSchema).parse(await this.frame.evaluate("window.sent"));
  }

  /** Waits until what the page said is as expected. */
  async asked(isThere: (all: readonly FromCard[]) => boolean): Promise<readonly FromCard[]> {
    for (const deadline = performance.now() + 60_000; ;) {
      const all = await this.sent().catch(() => []);
      if (isThere(all)) {
        return all;
      }
      if (performance.now() > deadline) {
        throw new Error(`The page did not ask for it: ${JSON.stringify(all)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** What the page's policy kept from happening, aside from styles that the toolkit can do without. */
  async refused(): Promise<string[]> {
    const all = z.array(z.string()).parse(await this.frame.evaluate("window.refused"));
    return all.filter((one) => !one.startsWith("style-src-"));
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

function answerTo(
  path: string,
  texts: Readonly<Record<string, string>> | undefined,
): { status?: number; contentType?: string; body: string | Buffer } {
  switch (path) {
    case "/":
      return { contentType: "text/html", body: surroundings };
    case "/card":
      return {
        contentType: "text/html",
        body: cardDocument({
          cspSource: origin,
          script: `${origin}/main.js`,
          style: `${origin}/main.css`,
          texts,
        }),
      };
    case "/main.js":
    case "/main.css":
    case "/codicon.ttf": {
      const contentType = path.endsWith("js") ? "text/javascript" : "text/css";
      return {
        contentType: path.endsWith("ttf") ? "font/ttf" : contentType,
        body: readFileSync(join("dist/card", path)),
      };
    }
    default:
      return { status: 404, body: "" };
  }
}
