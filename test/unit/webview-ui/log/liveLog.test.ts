import assert from "node:assert/strict";
import { breakInWords, LiveLog, type LogView } from "../../../../webview-ui/log/liveLog";

describe("A live log", () => {
  it("is drawn once a frame, however much comes in between", () => {
    const frames: (() => void)[] = [];
    const views: LogView[] = [];
    const log = new LiveLog((draw) => frames.push(draw));
    const unsubscribe = log.subscribe((view) => views.push(view));
    assert.equal(log.view.state, "waiting");
    for (let number = 0; number < 100; number++) {
      log.receive({ text: `${number}\n` });
    }
    assert.equal(frames.length, 1);
    frames.pop()?.();
    assert.deepEqual(
      [views.length, views[0]?.lines.length, views[0]?.state],
      [1, 100, "following"],
    );
    log.end();
    log.receive({ text: "late\n" });
    frames.pop()?.();
    assert.deepEqual([views.length, views[1]?.lines.length, views[1]?.state], [2, 101, "ended"]);
    unsubscribe();
    log.receive({ text: "unseen\n" });
    frames.pop()?.();
    assert.equal(views.length, 2);
    assert.equal(log.view.lines.length, 102);
  });

  it("says what it left out, and why it ended", () => {
    const frames: (() => void)[] = [];
    const log = new LiveLog((draw) => frames.push(draw));
    log.receive({ text: "last\n", break: { kind: "earlier", leftOut: 12_345 } });
    log.end("The output cannot be read: gone");
    frames.pop()?.();
    assert.deepEqual(
      log.view.lines.map(({ kind, spans: [span] }) => [kind, span?.text]),
      [
        ["notice", "12.3 KB before this: see the whole log"],
        ["output", "last"],
        ["notice", "The output cannot be read: gone"],
      ],
    );
    assert.match(breakInWords({ kind: "flood", leftOut: 1_999_999 }), /^2\.0 MB left out: faster/);
    assert.match(breakInWords({ kind: "flood", leftOut: 999_600 }), /^1\.0 MB /);
    assert.match(breakInWords({ kind: "gap", leftOut: 1 }), /^1 byte left out to keep/);
    assert.match(breakInWords({ kind: "restart", leftOut: 0 }), /anew/);
  });
});
