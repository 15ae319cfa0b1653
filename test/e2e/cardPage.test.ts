import assert from "node:assert/strict";
import type { FromCard } from "../../src/core/protocol/card/cardMessages";
import type { CardPhase, CardQueue, CardState } from "../../src/core/protocol/card/cardState";
import { eventually } from "../support/eventually";
import { BarePage } from "../support/vscode/barePage";
import { violationsIn } from "../support/vscode/card";
import { phaseOf, planOf, queueOf, stateOf } from "../unit/webview-ui/cardFixture";
import { patience } from "./stage";

const time = Date.parse("2026-03-01T10:00:00Z");

describe("the page of the hopper card", function () {
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

  const state = (state: CardState, now = time): Promise<void> =>
    bare.send({ type: "state", folder: "file:///a", now, state });
  const phases = (...all: readonly CardPhase[]): Promise<void> => state(stateOf(all));
  const queue = (change: Partial<CardQueue>, ...all: readonly CardPhase[]): Promise<void> =>
    state(stateOf(all, { queue: queueOf(change), ...(all.length === 0 && { plans: [] }) }));
  const row = (number: number): string => `.phase[aria-label^="Phase ${number}"]`;
  const focused = (): Promise<unknown> =>
    bare.frame.evaluate("document.activeElement?.getAttribute('aria-label') ?? 'nothing'");
  const requests = async (): Promise<object[]> =>
    (await bare.sent()).flatMap((message) => (message.type === "request" ? [message.request] : []));
  const press = (key: string): Promise<void> => bare.page.keyboard.press(key);

  describe("before anything came", () => {
    it("says that it loads, and asks again when nothing comes of it", async () => {
      await bare.locator(".empty", "Loading the queue…").waitFor();
      await bare.locator("vscode-progress-ring").waitFor();
      await bare.advance(10_000);
      await bare.locator('.banner-error[role="alert"]', "does not answer").waitFor();
      await bare.locator(".banner-error vscode-button", "Retry").click();
      await bare.asked((all) => all.at(-1)?.type === "refresh");
      await phases(phaseOf(1));
      await bare.locator(row(1)).waitFor();
      assert.equal(await bare.locator(".banner").count(), 0);
    });

    it("can be read and heard while it loads, and when nothing comes of it", async () => {
      await bare.locator("vscode-progress-ring").waitFor();
      assert.deepEqual(await violationsIn(bare.frame), []);
      await bare.advance(10_000);
      await bare.locator(".banner-error vscode-button", "Retry").waitFor();
      assert.deepEqual(await violationsIn(bare.frame), []);
    });

    it("turns nothing where the system asks for less motion", async () => {
      const { page } = bare;
      await page.emulateMedia({ reducedMotion: "reduce" });
      await bare.locator("vscode-progress-ring").waitFor({ state: "hidden" });
      await bare.locator(".empty", "Loading the queue…").waitFor();
      await phases(phaseOf(1, { status: "running", startedAt: time }));
      await bare.locator(".codicon-modifier-spin").first().waitFor();
      const animations = await bare.frame.evaluate(
        "document.getAnimations().filter((one) => one instanceof CSSAnimation).length",
      );
      assert.equal(animations, 0);
      await page.emulateMedia({ reducedMotion: null });
    });
  });

  it("says how old it is once nothing was heard for long, and takes that back", async () => {
    await phases(phaseOf(1));
    await bare.advance(40_000);
    await bare.locator(".stale", "Nothing new was heard for").waitFor();
    await bare.locator(".stale .link").click();
    await phases(phaseOf(1));
    await bare.advance(2_000);
    await bare.locator(".stale").waitFor({ state: "detached" });
  });

  it("leaves aside what it does not know, and asks for all of what it cannot read", async () => {
    await phases(phaseOf(1));
    for (const other of ["hello", { type: "party" }, { type: "log", batch: 3 }, {}]) {
      await bare.send(other);
    }
    assert.equal(await bare.locator(".banner").count(), 0);
    assert.equal((await bare.sent()).length, 1);
    await bare.send({ type: "changes", changes: { plans: "many" } });
    await bare.asked((all) => all.at(-1)?.type === "refresh");
    assert.equal(await bare.locator(".banner").count(), 0);
    await bare.send({ type: "state", state: { plans: "many" } });
    await bare.locator(".banner-error", "different versions").waitFor();
    await bare.locator(row(1)).waitFor();
  });

  describe("shows times as", () => {
    it("the clock where the extension runs has them, not its own", async () => {
      const there = time + 3_600_000;
      const running = phaseOf(3, { status: "running", startedAt: there - 252_000 });
      const waiting = { kind: "running", text: "Phase 3 running" } as const;
      await state(stateOf([running], { queue: queueOf({ waiting }) }), there);
      await bare.locator(".headline", /Phase 3 runs for 4:\d\d/).waitFor();
      await bare.locator(`${row(3)} .phase-time`, /4m \d\ds/).waitFor();
    });

    it("a countdown to the next retry", async () => {
      const retry = { status: "ready", detail: "exit code 3", retryAt: time + 300_000 } as const;
      await phases(phaseOf(1, retry));
      await bare.locator(`${row(1)} .phase-detail`, /^Again in [45]:\d\d: exit code 3$/).waitFor();
      await bare.advance(240_000);
      await bare.locator(`${row(1)} .phase-detail`, /^Again in 0:\d\d/).waitFor();
      await bare.advance(60_000);
      await bare.locator(`${row(1)} .phase-detail`).waitFor({ state: "detached" });
    });

    it("durations in a narrow column too", async () => {
      await bare.page.setViewportSize({ width: 400, height: 760 });
      const times = { startedAt: time - 60_000, finishedAt: time };
      await phases(phaseOf(1, { status: "failed", ...times }));
      await bare.locator("#tab-completed").click();
      await bare.locator(`${row(1)} .phase-time`, "1m 00s").waitFor();
      await bare.page.setViewportSize({ width: 1000, height: 760 });
    });
  });

  describe("offers", () => {
    const asks = (action: string) => (all: readonly FromCard[]) =>
      all.some(
        (message) =>
          message.type === "request" &&
          "action" in message.request &&
          message.request.action === action,
      );

    it("a repair where one helps, and only there", async () => {
      await queue({ kind: "failed", message: "The folder cannot be written." });
      await bare.locator(".empty vscode-button", "Retry").waitFor();
      assert.equal(await bare.locator("vscode-button", "Repair").count(), 0);
      await queue({ kind: "failed", message: "The files are damaged.", canRepair: true });
      await bare.locator(".empty vscode-button", "Repair Queue…").click();
      await bare.asked(asks("repair"));
    });

    it("to take over from an owner that is lost, also with an empty queue", async () => {
      const message = "This workspace's queue is owned by process 7 (VS Code)";
      await queue({ kind: "follower", message });
      await bare.locator(".banner-information", "owned by process 7").waitFor();
      await bare.locator(".empty-title", "Queue Empty").waitFor();
      assert.equal(await bare.locator("vscode-button", "Take Over").count(), 0);
      await queue({ kind: "follower", message, canTakeOver: true });
      await bare.locator(".banner-warning vscode-button", "Take Over…").click();
      await bare.asked(asks("takeOver"));
    });

    it("to resume an empty queue that is paused", async () => {
      await queue({ paused: true, message: "Paused by you. Resume to go on." });
      await bare.locator(".banner", "Paused by you").waitFor();
      await bare.locator("vscode-button.pause", "Resume").click();
      await bare.asked(asks("resume"));
    });

    it("one pause at a time, and keeps the focus on its switch", async () => {
      await phases(phaseOf(1));
      await bare.locator("vscode-button.pause").focus();
      await press("Enter");
      await bare.asked(asks("pause"));
      await bare.locator('vscode-button.pause[aria-disabled="true"]').waitFor();
      await press("Enter");
      await press("Space");
      assert.equal((await requests()).length, 1);
      await bare.send({ type: "answer", id: 1 });
      await bare.locator('vscode-button.pause[aria-disabled="false"]').waitFor();
      await queue({ paused: true }, phaseOf(1));
      assert.match(String(await focused()), /^Resume/);
      await press("Enter");
      await bare.asked(asks("resume"));
    });

    it("the issues of a plan and of its phases as links", async () => {
      const plan = planOf({ parentIssue: 12, actions: ["issue"] });
      const phase = phaseOf(1, { issue: 13, parentIssue: 12, actions: ["issue"] });
      await state(stateOf([phase], { plans: [plan] }));
      await bare.locator(`${row(1)} .phase-line .issue`, "#13").click();
      await bare.locator(`${row(1)} .phase-facts .issue`, "#12").click();
      await bare.locator(".plan-heading .issue", "#12").click();
      const ofPlan = { name: "plan", action: "issue", planId: "plan" };
      assert.deepEqual(await requests(), [
        { name: "phase", action: "issue", queueId: "q1" },
        ofPlan,
        ofPlan,
      ]);
    });

    it("the retry of a plan, with what it starts again, in a menu that a key opens", async () => {
      const failed = phaseOf(2, { status: "failed" });
      const plan = planOf({ actions: ["retry", "remove"] });
      await state(stateOf([phaseOf(1), failed], { plans: [plan] }));
      await bare.locator(".plan-toggle").focus();
      await press("Shift+F10");
      await bare.locator('.menu [role="menuitem"]:focus', "Retry Failed Phases").waitFor();
      await bare.locator(".menu .menu-effect", "Phase 2").waitFor();
      await press("Escape");
      assert.match(String(await focused()), /^Plan 1, Release/);
    });

    it("details that are asked for again when the phase changed", async () => {
      const details = {
        steps: [{ kind: "block", command: "sh", source: ["echo one"] }],
        hasRun: false,
        documents: [],
        enqueuedAt: time,
      };
      await phases(phaseOf(1));
      await bare.locator(`${row(1)} [aria-expanded="false"]`).click();
      await bare.asked((all) => all.at(-1)?.type === "request");
      await bare.send({ type: "answer", id: 1, result: details });
      await bare.locator(`${row(1)} .step-source`, "echo one").waitFor();
      await phases(phaseOf(1));
      assert.equal((await requests()).length, 1);
      await phases(phaseOf(1, { updatedAt: 1 }));
      await bare.asked((all) => all.filter(({ type }) => type === "request").length === 2);
      details.steps = [{ kind: "block", command: "sh", source: ["echo two"] }];
      await bare.send({ type: "answer", id: 2, result: details });
      await bare.locator(`${row(1)} .step-source`, "echo two").waitFor();
    });
  });

  describe("leaves the focus", () => {
    const inEditor = (): Promise<unknown> => bare.page.evaluate("document.activeElement?.id");

    it("on the row that has it, and the marked text marked, when others change", async () => {
      await phases(phaseOf(1), phaseOf(2), phaseOf(3));
      await bare.locator(row(2)).focus();
      await bare.frame.evaluate(
        `getSelection().selectAllChildren(document.querySelector('${row(2)} .phase-title'))`,
      );
      await phases(phaseOf(2), phaseOf(3, { detail: "new" }), phaseOf(4));
      assert.match(String(await focused()), /^Phase 2/);
      assert.equal(await bare.frame.evaluate("String(getSelection())"), "Title 2");
    });

    it("of a row that goes on the one in its place, of the last on the tab", async () => {
      await phases(phaseOf(1), phaseOf(2), phaseOf(3));
      await bare.locator(row(2)).focus();
      await phases(phaseOf(1), phaseOf(3));
      assert.match(String(await focused()), /^Phase 3/);
      await phases(phaseOf(1, { status: "completed" }));
      await bare.locator("#tab-inProgress:focus").waitFor();
    });

    it("nowhere after a press on nothing", async () => {
      await phases(phaseOf(1), phaseOf(2));
      await bare.locator(row(1)).focus();
      await bare.locator(".header-title").click();
      assert.equal(await focused(), "nothing");
      await phases(phaseOf(2));
      assert.equal(await focused(), "nothing");
    });

    it("in the editor, whatever happens in the card", async () => {
      await phases(phaseOf(1), phaseOf(2));
      await bare.locator(row(1)).focus();
      await bare.page.locator("#editor").focus();
      await phases(phaseOf(2));
      await bare.locator(row(1)).waitFor({ state: "detached" });
      assert.equal(await inEditor(), "editor");
      await phases(phaseOf(3, { status: "completed" }));
      assert.equal(await inEditor(), "editor");
    });

    it("in the editor, when a menu closes because of that", async () => {
      await phases(phaseOf(1, { actions: ["skip"] }));
      await bare.locator(row(1)).focus();
      await press("Shift+F10");
      await bare.locator('.menu [role="menuitem"]:focus').waitFor();
      await bare.page.locator("#editor").focus();
      await bare.locator(".menu").waitFor({ state: "detached" });
      assert.equal(await inEditor(), "editor");
    });
  });

  describe("with a long list", () => {
    const many = Array.from({ length: 400 }, (_, index) => phaseOf(index + 1));
    /** Sends them, does something as soon as they are drawn, and answers what is to be seen of it then. */
    const atOnce = (act: string, seen: string): Promise<unknown> => {
      const message = { type: "state", folder: "file:///a", now: time, state: stateOf(many) };
      return bare.frame.evaluate(`(async () => {
        const drawn = async () => { for (let turn = 0; turn < 10; turn++) await null; };
        dispatchEvent(new MessageEvent("message", { data: ${JSON.stringify(message)} }));
        await drawn();
        ${act};
        await drawn();
        return ${seen};
      })()`);
    };
    /** Pixels from the upper edge of what is seen. */
    const placeOf = async (number: number): Promise<number> =>
      Number(
        await bare.frame.evaluate(`
          document.querySelector('${row(number)}').getBoundingClientRect().top -
            document.querySelector(".scroller").getBoundingClientRect().top`),
      );
    const kept = (): Promise<unknown> => bare.frame.evaluate('sessionStorage.getItem("kept")');
    /** Scrolls there, as the editor does to what it finds, until that is kept. */
    const scrollTo = async (number: number): Promise<number> => {
      const before = await kept();
      await bare.frame.evaluate(`document.querySelector('${row(number)}').scrollIntoView()`);
      await eventually("the place is kept", async () => (await kept()) !== before);
      return placeOf(number);
    };
    const comesBackTo = async (number: number, place: number): Promise<void> => {
      await bare.reload();
      await phases(...many);
      await bare.locator(row(number)).waitFor({ state: "attached" });
      await eventually(
        "it is scrolled to where it was",
        async () => Math.abs((await placeOf(number)) - place) < 3,
      );
      await bare.locator(row(400)).waitFor({ state: "attached" });
      await eventually(
        "it stays there when all is drawn",
        async () => Math.abs((await placeOf(number)) - place) < 3,
      );
    };

    it("draws what is in sight at once, and all of it soon after", async () => {
      const drawn = Number(await atOnce("", 'document.querySelectorAll(".phase").length'));
      assert.ok(drawn > 10 && drawn < 100, `${drawn} of them`);
      await bare.locator(row(400)).waitFor({ state: "attached" });
      assert.equal(await bare.locator(".phase").count(), 400);
    });

    it("leads the keyboard to what is not drawn yet", async () => {
      await phases(phaseOf(1));
      // A press brings the keyboard into the card.
      await bare.locator(".header-title").click();
      const end = `
        const heading = document.querySelector(".plan-toggle");
        heading.focus();
        heading.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }))`;
      assert.match(
        String(await atOnce(end, "document.activeElement.getAttribute('aria-label')")),
        /^Phase 400 /,
      );
      await press("ArrowUp");
      await bare.locator(`${row(399)}:focus`).waitFor();
    });

    it("is where it was after a reload, whoever scrolled it there", async () => {
      await phases(...many);
      await bare.locator(row(400)).waitFor({ state: "attached" });
      await comesBackTo(200, await scrollTo(200));
      // Nobody has touched it since it was loaded.
      await comesBackTo(300, await scrollTo(300));
    });
  });
});
