import assert from "node:assert/strict";
import type { FromCard } from "../../src/core/protocol/card/cardMessages";
import type { CardQueue, CardState } from "../../src/core/protocol/card/cardState";
import { hostileMarkup } from "../support/hostileMarkup";
import { BarePage } from "../support/vscode/barePage";
import { figure } from "../torture/support/extent";
import { phaseOf, planOf, queueOf } from "../unit/webview-ui/cardFixture";
import { patience } from "./stage";

const time = Date.parse("2026-03-01T10:00:00Z");

/** What would be there if one of the texts had been taken for markup. */
const traces = `({
  elements: document.querySelectorAll("[data-hostile]").length,
  loaded: performance.getEntriesByType("resource").filter(({ name }) => name.includes("evil.test")).length,
  scripts: document.scripts.length,
  title: document.title,
})`;
const none = { elements: 0, loaded: 0, scripts: 1, title: "Phase Hopper" };

describe("whatever the page of the hopper card is sent", function () {
  this.timeout(patience);

  let bare: BarePage;

  before(async () => {
    bare = await BarePage.open();
  });
  after(() => bare.close());
  beforeEach(() => bare.load(time));
  afterEach(async () => {
    assert.deepEqual(await bare.refused(), [], "its policy had nothing to refuse");
  });

  const sendState = (state: CardState): Promise<void> =>
    bare.send({ type: "state", folder: "file:///a", now: time, state });
  const textOf = (selector: string): Promise<unknown> =>
    bare.frame.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent`);

  it("of phases, their steps and their output is shown as text", async () => {
    const phases = hostileMarkup.map((text, index) =>
      phaseOf(index + 1, {
        queueId: `q${index}"><b>`,
        title: text,
        detail: text,
        status: "failed",
        runner: text,
        attempts: [
          {
            number: 1,
            attemptId: `a${index}`,
            startedAt: time,
            finishedAt: time,
            outcome: "failed",
            words: text,
          },
        ],
        actions: ["retry", "log"],
      }),
    );
    await sendState({ queue: queueOf(), plans: [planOf()], phases });
    await bare.locator("#tab-completed").click();
    await bare.advance(1_000);
    await bare
      .locator(".phase")
      .nth(hostileMarkup.length - 1)
      .waitFor();
    assert.deepEqual(await bare.locator(".phase-title").allTextContents(), hostileMarkup);
    await bare.locator(`.phase [aria-label^="Details of Phase 1 "]`).click();
    const [asked] = (await bare.asked((all) => all.some(isDetails))).filter(isDetails);
    const details = {
      steps: hostileMarkup.map((text) => ({ kind: "block", command: text, source: [text] })),
      hasRun: true,
      documents: hostileMarkup,
      enqueuedAt: time,
    };
    await bare.send({ type: "answer", id: asked?.id, result: details });
    await bare
      .locator(".step-source")
      .nth(hostileMarkup.length - 1)
      .waitFor();
    for (const text of hostileMarkup) {
      await bare.send({ type: "log", attemptId: "a0", batch: { text: `${text}\n` } });
    }
    await bare.locator(".log-line", "&lt;b data-hostile&gt;").first().waitFor();
    await bare.locator("#tab-timeline").click();
    await bare.locator(".timeline-bar").first().waitFor();
    assert.deepEqual(await bare.frame.evaluate(traces), none);
    figure(
      "G7 the card's page, phases",
      `${hostileMarkup.length} texts in each field and as output: 0 elements, 0 scripts run, 0 loaded`,
    );
  });

  it("of plans and the queue is shown as text", async () => {
    for (const text of hostileMarkup) {
      const waiting = { kind: "failed", text } as const;
      const queue: Partial<CardQueue> = { folder: text, message: text, waiting };
      await sendState({
        queue: queueOf({ ...queue, kind: "follower" }),
        plans: [planOf({ title: text, waiting })],
        phases: [phaseOf(1)],
      });
      await bare.send({ type: "trouble", message: text });
      assert.equal(await textOf(".header-title"), text);
      assert.equal(await textOf(".plan-name"), text);
      assert.equal(await textOf(".plan-waiting"), text);
      assert.deepEqual(await bare.frame.evaluate(traces), none, text);
      await sendState({ queue: queueOf({ ...queue, kind: "failed" }), plans: [], phases: [] });
      assert.ok(String(await textOf(".empty")).includes(text), text);
      assert.deepEqual(await bare.frame.evaluate(traces), none, text);
    }
    figure(
      "G7 the card's page, plans and queue",
      `${hostileMarkup.length} texts in each field and message: 0 elements, 0 scripts run, 0 loaded`,
    );
  });
});

function isDetails(message: FromCard): message is Extract<FromCard, { type: "request" }> {
  return message.type === "request" && message.request.name === "details";
}
