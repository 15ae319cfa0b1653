import assert from "node:assert/strict";
import { BarePage } from "../support/vscode/barePage";
import { l10nTexts } from "../support/l10nTexts";
import { phaseOf, planOf, queueOf, stateOf } from "../unit/webview-ui/cardFixture";
import { patience } from "./stage";

const time = Date.parse("2026-03-01T10:00:00Z");
const translated = Object.fromEntries(l10nTexts().map((text) => [text, `⟦${text}⟧`]));

/** Every text and name on the page without what stands in brackets; days on the axis are as in English. */
const leftInEnglish = `(() => {
  const texts = [];
  const walker = document.createTreeWalker(document.querySelector("#card"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode.data);
  for (const element of document.querySelectorAll("#card :not([aria-hidden=true])")) {
    for (const name of ["aria-label", "title"]) texts.push(element.getAttribute(name) ?? "");
  }
  return texts.map((text) => {
    for (let before = ""; before !== text;) {
      before = text;
      text = text.replaceAll(/⟦[^⟦⟧]*⟧/g, "");
    }
    return text.replaceAll("Phase Hopper", "").replace(/^[A-Z][a-z]{2} \\d+$/, "");
  }).filter((text) => /\\p{Ll}{2}/u.test(text));
})()`;

describe("the card in another language", function () {
  this.timeout(patience);

  let bare: BarePage;
  before(async () => {
    bare = await BarePage.open(translated);
  });
  after(() => bare.close());
  beforeEach(() => bare.load(time));

  const assertTranslated = async (): Promise<void> => {
    assert.deepEqual(await bare.frame.evaluate(leftInEnglish), []);
    assert.deepEqual(await bare.refused(), [], "its policy had nothing to refuse");
  };

  it("loads in it", async () => {
    await bare.locator(".empty", "⟦Loading the queue…⟧").waitFor();
    await assertTranslated();
  });

  it("shows phases, plans and what they wait for in it", async () => {
    // Names of the user's are capitals here: nothing of ours is.
    const names = { title: "T", runner: "R" };
    const plan = planOf({ title: "P", actions: ["pause"], waiting: { kind: "running", text: "" } });
    const state = stateOf(
      [
        phaseOf(1, { ...names, status: "running", startedAt: time - 60_000, actions: ["cancel"] }),
        phaseOf(2, { ...names, dependsOn: [1], actions: ["skip", "goTo", "remove"] }),
        phaseOf(3, { ...names, differs: true, actions: ["update", "showChanges"] }),
        phaseOf(4, { ...names, status: "failed", detail: "D", actions: ["retry"] }),
      ],
      { plans: [plan], queue: queueOf({ waiting: { kind: "running", text: "" } }) },
    );
    await bare.send({ type: "state", folder: "file:///a", now: time, state });
    await bare.locator(".phase").first().waitFor();
    await assertTranslated();
    await bare.locator("#tab-completed").click();
    await bare.locator('.phase[aria-label^="⟦Phase 4"]').waitFor();
    await assertTranslated();
    await bare.locator("#tab-timeline").click();
    await bare.locator(".plan-chart").waitFor();
    await assertTranslated();
  });

  for (const kind of ["noFolder", "untrusted", "foreign", "failed", "opening", "absent"] as const) {
    it(`says in it that the queue is "${kind}"`, async () => {
      const state = stateOf([], { queue: queueOf({ kind, canRepair: true }), plans: [] });
      await bare.send({ type: "state", folder: "file:///a", now: time, state });
      await bare.locator(".empty", "⟦").first().waitFor();
      await assertTranslated();
    });
  }
});
