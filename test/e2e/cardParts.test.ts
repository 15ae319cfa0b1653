import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import { Card } from "../support/vscode/card";
import { colorThemes } from "../support/vscode/workbench";
import { patience, plan, Stage } from "./stage";

/** Prints colours, then a line every tenth of a second; a flood while there is flood.txt. */
const talk = `
printf '\\033[32mgreen\\033[0m \\033[1;31mred\\033[0m <b>markup</b>\\n'
for number in $(seq 60); do echo "early $number"; done
tick=0
while [ ! -e stop.txt ]; do
  tick=$((tick + 1)); echo "tick $tick"
  if [ -e flood.txt ]; then yes 'flood of many words and more' | head -n 40000; fi
  sleep 0.1
done
echo "the very end"`;

describe("the log and the timeline in the card", function () {
  this.timeout(patience);

  let stage: Stage;
  let card: Card;

  before(async () => {
    stage = await Stage.open({
      "work.md": plan("Work it", [
        ["Prepare", "sleep 2"],
        ["Talk", talk],
        ["After it", "true"],
      ]),
    });
    await stage.enqueue("work.md");
    card = await Card.open(stage.workbench);
  });
  after(() => stage.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) {
      await stage.workbench.screenshot(`failed ${this.currentTest.title}`);
    }
  });

  it("shows what a running phase prints, in its colours, and follows the end", async () => {
    await phase("Talk").locator(".badge", { hasText: "running" }).waitFor();
    await phase("Talk")
      .getByRole("button", { name: /^Details of/ })
      .click();
    await lines("tick").first().waitFor();
    await log()
      .locator('[style*="color: rgb"]', { hasText: /^green$/ })
      .waitFor();
    assert.equal(await log().locator("b").count(), 0);
    await waitUntil("it stands at the end", distanceToEnd, (distance) => distance < 5);
  });

  it("stays where the reader scrolled to, and follows again when asked", async () => {
    await log().hover();
    await stage.workbench.page.mouse.wheel(0, -600);
    const again = card.locator(".log-follow");
    await again.waitFor();
    const before = await lastTick();
    await waitUntil("it goes on", lastTick, (now) => now > before + 3);
    assert.ok((await distanceToEnd()) > 100);
    await again.click();
    await waitUntil("it is at the end", distanceToEnd, (distance) => distance < 5);
    await again.waitFor({ state: "detached" });
  });

  it("says what it leaves out of a flood, while the card goes on to answer", async () => {
    stage.write("flood.txt");
    await log()
      .getByText(/left out: faster than it can be read/)
      .first()
      .waitFor();
    await tab("Timeline").click();
    await card.locator(".timeline-bar").first().waitFor();
    await tab("In Progress").click();
    await lines("flood of many").first().waitFor();
    assert.ok((await log().locator(".log-line").count()) <= 200);
  });

  it("can be read in every theme", async () => {
    for (const theme of colorThemes) {
      await card.useTheme(theme);
      assert.deepEqual(await card.violations(), [], theme);
      await card.screenshot(`log, ${theme}`);
    }
  });

  it("draws the plan over time, for the keyboard too, and as a table", async () => {
    await tab("Timeline").click();
    const bars = card.locator(".timeline-bar");
    await bars.nth(2).waitFor();
    assert.equal(await bars.count(), 3);
    await card.locator('.timeline-bar[tabindex="0"]').focus();
    const { keyboard } = stage.workbench.page;
    await keyboard.press("Home");
    await details("Phase 1 Prepare").waitFor();
    await keyboard.press("ArrowRight");
    await card.locator('.timeline-attempt:focus[aria-label*="Attempt 1, completed"]').waitFor();
    await keyboard.press("End");
    await details("after Phase 2 Talk").waitFor();
    await keyboard.press("Escape");
    await card.locator(".timeline-details").waitFor({ state: "detached" });
    await card.frame.getByRole("button", { name: "Show as Table" }).click();
    await card.frame.getByRole("cell", { name: "running" }).waitFor();
    assert.deepEqual(await card.violations(), []);
    await card.frame.getByRole("button", { name: "Show as Chart" }).click();
  });

  it("draws it in every theme, and goes on as the plan does", async () => {
    for (const theme of colorThemes) {
      await card.useTheme(theme);
      assert.deepEqual(await card.violations(), [], theme);
      await card.screenshot(`timeline, ${theme}`);
    }
    stage.write("stop.txt");
    await card.locator('.timeline-bar[aria-label^="Phase 3 After it, completed"]').waitFor();
    await card.locator(".timeline-now").waitFor({ state: "detached" });
  });

  function phase(title: string): Locator {
    return card.locator(".phase", title);
  }

  function tab(name: string): Locator {
    return card.frame.getByRole("tab", { name });
  }

  function log(): Locator {
    return card.locator(".log-lines");
  }

  function lines(text: string): Locator {
    return log().locator(".log-output", { hasText: text });
  }

  function details(text: string): Locator {
    return card.locator(".timeline-details", text);
  }

  /** Pixels from what is seen of the log to its end. */
  async function distanceToEnd(): Promise<number> {
    const rest: unknown = await card.frame.evaluate(`(() => {
      const { scrollHeight, scrollTop, clientHeight } = document.querySelector(".log-lines");
      return scrollHeight - scrollTop - clientHeight;
    })()`);
    return Number(rest);
  }

  /** The number in the last such line that is shown. */
  async function lastTick(): Promise<number> {
    const text = await lines("tick").last().textContent();
    return Number(/\d+/.exec(text ?? "")?.[0]);
  }
});

/** Asks until the answer is as expected. */
async function waitUntil(
  what: string,
  ask: () => Promise<number>,
  isRight: (answer: number) => boolean,
): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (let answer = await ask(); !isRight(answer); answer = await ask()) {
    if (performance.now() > deadline) {
      throw new Error(`It did not happen: ${what} (${answer})`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
