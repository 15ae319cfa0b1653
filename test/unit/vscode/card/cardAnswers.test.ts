import assert from "node:assert/strict";
import { HopperError } from "../../../../src/core/base/errors";
import { silentLogger } from "../../../../src/core/base/log";
import type { CardRequest, ToCard } from "../../../../src/core/protocol/card/cardMessages";
import { CardAnswers } from "../../../../src/vscode/card/cardAnswers";
import { CardPage } from "../../../../src/vscode/card/cardPage";
import { FakeClock } from "../../../support/fakeClock";

const pause: CardRequest = { name: "queue", action: "pause" };

describe("what a card is answered", () => {
  let clock: FakeClock;
  let posted: ToCard[];
  let logged: string[];
  let end: { resolve: (result: unknown) => void; reject: (error: unknown) => void };
  let answers: CardAnswers;

  beforeEach(() => {
    clock = new FakeClock();
    [posted, logged] = [[], []];
    answers = new CardAnswers({
      clock,
      logger: { ...silentLogger, error: (message) => logged.push(message) },
      post: (message) => posted.push(message),
      carryOut: () => new Promise((resolve, reject) => (end = { resolve, reject })),
      isCancellation: (error) => error === "thought better of it",
    });
  });

  it("is the result, under the request's own id", async () => {
    const answered = answers.answer(7, pause);
    end.resolve("done");
    await answered;
    assert.deepEqual(posted, [{ type: "answer", id: 7, result: "done" }]);
    assert.equal(clock.pending, 0);
  });

  it("is a sign of life now and then while it takes its time, such as a question to the user", async () => {
    const answered = answers.answer(7, pause);
    clock.advance(9_000);
    assert.deepEqual(
      posted,
      [1, 2, 3].map(() => ({ type: "working", id: 7 })),
    );
    end.resolve(undefined);
    await answered;
    clock.advance(9_000);
    assert.equal(posted.length, 4);
  });

  it("is why it was not done, as text; what nobody expected is logged as well", async () => {
    const refused = answers.answer(1, pause);
    end.reject(new HopperError("conflict", "Phase \u202e1 is\u0007 running."));
    await refused;
    assert.deepEqual(posted, [{ type: "refusal", id: 1, message: "Phase  1 is  running." }]);
    assert.deepEqual(logged, []);
    const failed = answers.answer(2, pause);
    end.reject(new TypeError("x is undefined"));
    await failed;
    assert.deepEqual(posted.at(-1), { type: "refusal", id: 2, message: "x is undefined" });
    assert.equal(logged.length, 1);
  });

  it("is an answer, and no refusal, where the user thought better of it", async () => {
    const answered = answers.answer(1, pause);
    end.reject("thought better of it");
    await answered;
    assert.deepEqual(posted, [{ type: "answer", id: 1, result: undefined }]);
  });

  it("is nothing more once the card was closed", async () => {
    const panel = fakePanel();
    const page = new CardPage(panel);
    answers = new CardAnswers({
      clock,
      logger: silentLogger,
      post: page.post.bind(page),
      carryOut: () => new Promise((resolve, reject) => (end = { resolve, reject })),
      isCancellation: () => false,
    });
    const answered = answers.answer(1, pause);
    clock.advance(3_000);
    assert.equal(panel.posted, 1);
    panel.isDisposed = true;
    answers.dispose();
    page.dispose();
    assert.equal(clock.pending, 0);
    end.resolve("done");
    await answered;
    assert.equal(panel.posted, 1);
  });
});

/** A panel that throws at everything once it was closed, as the editor's do. */
function fakePanel() {
  const panel = {
    isDisposed: false,
    posted: 0,
    get webview() {
      if (panel.isDisposed) {
        throw new Error("Webview is disposed");
      }
      return {
        postMessage: () => {
          if (panel.isDisposed) {
            throw new Error("Webview is disposed");
          }
          panel.posted += 1;
          return Promise.resolve(true);
        },
        onDidReceiveMessage: () => ({ dispose: () => undefined }),
      };
    },
  };
  return panel;
}
