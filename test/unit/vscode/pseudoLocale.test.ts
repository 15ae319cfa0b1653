import assert from "node:assert/strict";
import { join } from "node:path";
import { isoNow } from "../../../src/core/base/clock";
import { HopperError } from "../../../src/core/base/errors";
import { fill, said, translateWith, words } from "../../../src/core/base/words";
import { whatItWaitsFor } from "../../../src/core/coordinator/waiting";
import { parsePlan } from "../../../src/core/plan/parsePlan";
import { builtInRunners } from "../../../src/core/runner/presets";
import { phaseList } from "../../../src/core/protocol/words/phaseList";
import { stored, storedInWords } from "../../../src/core/protocol/words/storedWords";
import { phaseStatuses } from "../../../src/core/protocol/terms";
import { changesInWords, phaseLenses, planLenses } from "../../../src/vscode/editor/phaseLenses";
import { planMarks } from "../../../src/vscode/editor/planMarks";
import { statusEntry } from "../../../src/vscode/statusEntry";
import { phaseRow, phaseTooltip } from "../../../src/vscode/tree/phaseRow";
import { planRow, planTooltip } from "../../../src/vscode/tree/planRow";
import { escapeMarkdown } from "../../../src/vscode/tree/row";
import { waitingOf } from "../../../src/vscode/waiting";
import { statusInWords } from "../../../src/vscode/words";
import { headline } from "../../../webview-ui/model/headline";
import { phaseActions } from "../../../webview-ui/model/phaseActions";
import { cardInWords } from "../../../webview-ui/model/phaseWords";
import { speakAs } from "../../../webview-ui/speakAs";
import { FakeClock } from "../../support/fakeClock";
import { l10nTexts } from "../../support/l10nTexts";
import { CoordinatorBench } from "../coordinator/support/coordinatorBench";
import { settled } from "../coordinator/support/settled";
import { phaseOf, planOf, stateOf } from "../webview-ui/cardFixture";
import { outlineOf, plan, stored as storedPhase } from "./editor/planFixture";
import { everyAttempt, everyPhase, everyWait, programSaid, written } from "./everyState";
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

/** What users and programs wrote into the phases of the views. */
const data = ["Build", programSaid, "shell"];

/** Only what users and programs wrote may be left, and signs; icons are signs. */
function assertNothingLeft(text: string, ...data: readonly string[]): void {
  const left = data.reduce((rest, one) => rest.replaceAll(one, ""), untranslatedPart(text));
  assert.doesNotMatch(left.replaceAll(/\$\([a-z~-]+\)/g, ""), /\p{L}{2}/u, text);
}

function assertTranslated(text: string, ...data: readonly string[]): void {
  assert.match(text, /⟦/);
  assertNothingLeft(text, ...data);
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

  it("rows of phases are, with what a screen reader and a tooltip say", () => {
    for (const facts of everyPhase()) {
      const { label, description, spoken } = phaseRow(facts);
      assertNothingLeft(label, "Build");
      assertNothingLeft(description, ...data);
      assertTranslated(spoken, ...data);
      for (const attempt of everyAttempt) {
        assertTranslated(phaseTooltip(facts, [attempt]), ...data);
      }
    }
  });

  it("lenses of phases are", () => {
    const titles = everyPhase().flatMap((facts) =>
      (["none", "differs", "moved"] as const).flatMap((change) =>
        phaseLenses({ written, change }, facts),
      ),
    );
    const added = phaseLenses({ written, change: "added" }, undefined);
    assert.equal(added.length, 2);
    for (const { title, action } of [...titles, ...added]) {
      assertNothingLeft(title, ...data);
      // An issue's number is the same everywhere.
      assert.ok(action === "issue" || title.includes("⟦"), title);
    }
  });

  it("rows and lenses of plans are, and what differs", () => {
    const text = "# Other\n\nTo know.\n\n## Phase 1: Build\n\nNow.\n\n## Phase 3: New\n\nThen.\n";
    const outline = outlineOf(text);
    const phases = [
      storedPhase(written, { status: "failed" }),
      storedPhase({
        ...written,
        number: 2,
        label: "2",
        title: "Gone",
        content: "Gone.",
        dependsOn: [1],
      }),
    ];
    const marks = planMarks(outline, { plan, context: "", phases });
    const differs = changesInWords(marks);
    assertTranslated(differs);
    for (const waiting of everyWait()) {
      const facts = {
        plan,
        counts: new Map(phaseStatuses.map((status) => [status, 2])),
        waiting,
        canChange: true,
        isMirrored: false,
        differs,
      };
      const row = planRow(facts);
      assert.equal(row.label, plan.title);
      assertTranslated(row.description);
      assertTranslated(row.spoken, plan.title);
      assertTranslated(planTooltip(facts), escapeMarkdown("/home/ada/plan.md"));
      const lenses = [
        ...planLenses(marks, waiting.text, "error", true),
        ...planLenses(planMarks(outline, undefined), "", "", false),
      ];
      assert.ok(lenses.length > 3);
      lenses.forEach(({ title }) => assertTranslated(title));
    }
    const done = planMarks(outline, {
      plan,
      context: "",
      phases: [storedPhase(written, { status: "completed" })],
    });
    planLenses(done, "", "pass", true).forEach(({ title }) => assertTranslated(title));
  });

  it("the status bar is, whatever is waited for", () => {
    for (const waiting of everyWait()) {
      const facts = { waiting, counts: new Map([["completed", 1]]), address: "http://[::1]:80" };
      const shown = statusEntry([
        { folder: "first", ...facts },
        { folder: "second", ...facts },
      ]);
      assert.ok(shown);
      const { text, tooltip, spoken } = shown;
      const names = ["Phase Hopper", "first", facts.address];
      [text, tooltip, spoken].forEach((said) => assertTranslated(said, ...names));
    }
  });

  it("what this window alone can tell of a queue is", () => {
    const services = { clock: new FakeClock() };
    const refusal = new HopperError("storage", "the disk is full");
    for (const state of [{ kind: "failed", refusal }, { kind: "absent" }] as const) {
      const queue = { state, reader: undefined, isStarting: false };
      assertTranslated(waitingOf(queue, services).text);
    }
  });

  it("what a queue waits for is, from its first phase to its last", async () => {
    const bench = await CoordinatorBench.open();
    try {
      const kinds = new Set<string>();
      const look = (planId?: string): void => {
        const waiting = whatItWaitsFor(bench.queue, {
          now: isoNow(bench.clock),
          trouble: bench.coordinator.trouble,
          say: said,
          ...(planId !== undefined && { planId }),
        });
        kinds.add(waiting.kind);
        assertTranslated(waiting.text, join(bench.folder, ".hopper", "queue.journal"));
      };
      look();
      bench.enqueue({ number: 1, retries: 1 }, { number: 2, runner: "manual" });
      const second = bench.enqueue({ number: 1, runner: "external" });
      look();
      bench.queue.setPaused(true, stored("pausedByYou"));
      look();
      bench.queue.setPaused(false);
      bench.diskError = "ENOSPC";
      bench.coordinator.start();
      look();
      bench.diskError = undefined;
      bench.runner.attempts.clear();
      bench.clock.advance(1000);
      look();
      look(second);
      bench.runner.end(1, { outcome: "exit" });
      await settled();
      look();
      bench.clock.advance(60_000);
      bench.runner.end(1, { outcome: "exit" });
      await settled();
      look(bench.phase(1).plan_id);
      assert.deepEqual([...kinds].sort(), [
        "completed",
        "failed",
        "paused",
        "retry",
        "running",
        "trouble",
        "workflow",
      ]);
    } finally {
      await bench.close();
    }
  });
});
