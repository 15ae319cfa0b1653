import assert from "node:assert/strict";
import { fill, said, translateWith, words } from "../../../src/core/base/words";
import { parsePlan } from "../../../src/core/plan/parsePlan";
import { builtInRunners } from "../../../src/core/runner/presets";
import { phaseList } from "../../../src/core/protocol/words/phaseList";
import { stored, storedInWords } from "../../../src/core/protocol/words/storedWords";
import { statusInWords } from "../../../src/vscode/words";
import { headline } from "../../../webview-ui/model/headline";
import { phaseActions } from "../../../webview-ui/model/phaseActions";
import { cardInWords } from "../../../webview-ui/model/phaseWords";
import { speakAs } from "../../../webview-ui/speakAs";
import { l10nTexts } from "../../support/l10nTexts";
import { phaseOf, planOf, stateOf } from "../webview-ui/cardFixture";
import { dataOf } from "../../../webview-ui/model/cardData";

const pseudo = Object.fromEntries(l10nTexts().map((text) => [text, `⟦${text}⟧`]));

/** What is left of a text once all that was translated is taken out of it, from the inside out. */
function untranslatedPart(text: string): string {
  for (let before = ""; before !== text;) {
    before = text;
    text = text.replaceAll(/⟦[^⟦⟧]*⟧/g, "");
  }
  return text;
}

/** Only what users and programs wrote may be left, and signs. */
function assertTranslated(text: string, ...data: readonly string[]): void {
  assert.match(text, /⟦/);
  const left = data.reduce((rest, one) => rest.replaceAll(one, ""), untranslatedPart(text));
  assert.doesNotMatch(left, /\p{L}{2}/u, text);
}

describe("in another language", () => {
  before(() => speakAs(JSON.stringify(pseudo)));
  after(() => translateWith(fill));

  it("a text is said with the texts that stand in it, and stored in English", () => {
    const text = words`${words`Phase ${2}`} is mirrored to ${"a/b"}.`;
    assert.equal(said(text), "⟦⟦Phase 2⟧ is mirrored to a/b.⟧");
    assert.equal(stored("failedBeforeWith", 2, "exit code 1"), "Phase 2 failed: exit code 1");
  });

  it("a stored sentence of ours is known again, and what others said stays", () => {
    assert.equal(storedInWords("paused by you"), "⟦paused by you⟧");
    assert.equal(storedInWords("Phase 2 failed: no such file"), "⟦Phase 2 failed: no such file⟧");
    const nested = storedInWords(stored("failedBeforeWith", 3, stored("cancelledByYou")));
    assert.equal(nested, "⟦Phase 3 failed: ⟦cancelled by you⟧⟧");
    assert.equal(storedInWords("make: *** [all] Error 2"), "make: *** [all] Error 2");
  });

  it("every problem of a plan is", () => {
    const text =
      "## Phase 3: C\n## Phase Notes\nRunner: nobody\n## Phase 1: B\nTimeout: soon\nDepends on: 1, 9\n";
    const { problems } = parsePlan(text, { runners: builtInRunners, defaultRunner: "shell" });
    assert.ok(problems.length > 5);
    for (const problem of problems) {
      assertTranslated(said(problem.words ?? problem.message));
      assert.doesNotMatch(problem.message, /⟦/);
    }
  });

  it("statuses and lists are", () => {
    assertTranslated(statusInWords("blocked"));
    assertTranslated(phaseList([1, 2, 3, 4, 5, 6]));
  });

  it("what the card says is", () => {
    const running = phaseOf(2, { status: "running", startedAt: 0, title: "Build" });
    const failed = phaseOf(3, {
      status: "failed",
      title: "Test",
      actions: ["retry", "log", "goTo"],
    });
    const waiting = { kind: "running", text: "⟦Phase 2 running⟧" } as const;
    const data = dataOf(stateOf([running, failed], { plans: [planOf({ waiting })] }));
    assertTranslated(headline({ ...data, queue: { ...data.queue, waiting } }, 60_000));
    assertTranslated(cardInWords(failed), "Test");
    for (const { label, effect = "⟦⟧" } of phaseActions(failed, [4, 5])) {
      assertTranslated(label);
      assertTranslated(effect);
    }
  });
});
