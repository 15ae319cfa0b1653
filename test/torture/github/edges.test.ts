import assert from "node:assert/strict";
import { markerOf } from "../../../src/core/github/marker";
import { MirrorBench } from "../../unit/github/support/mirrorBench";
import { figure } from "../support/extent";

describe("what people do to a mirror on GitHub", () => {
  let bench: MirrorBench;
  let passed = 0;

  beforeEach(async () => {
    bench = await MirrorBench.open();
    bench.github.addIssue("Parent");
  });
  afterEach(async function () {
    passed += this.currentTest?.isPassed() === true ? 1 : 0;
    await bench.end();
  });
  after(() => {
    figure("H4 GitHub, what people do", `${passed} of 5 kinds: adopted, found, cut, anew or left`);
  });

  const statusId = (): string =>
    bench.queue.outbox.pending().find(({ kind }) => kind === "status")?.entryId ?? "";
  const loseAnswerTo = (suffix: string): void => {
    let lost = false;
    bench.github.fault = ({ method, target }) => {
      if (lost || method !== "POST" || !target.endsWith(suffix)) {
        return undefined;
      }
      lost = true;
      return { done: true, answer: "reset" };
    };
  };

  it("a marker that somebody else copied is not adopted", async () => {
    bench.mirror(bench.enqueue(["One"]), { parentIssue: 1 });
    bench.github.addComment(1, `forged\n\n${markerOf(statusId())}`, "mallory");
    loseAnswerTo("/comments");
    await bench.mirrored();
    const ours = bench.github.commentsOn(1).filter(({ author }) => author === "robin");
    assert.equal(ours.length, 1);
    bench.complete(1);
    await bench.mirrored();
    assert.match(ours[0]?.body ?? "", /All phases complete!/);
    assert.match(bench.github.commentsOn(1)[0]?.body ?? "", /^forged/);
  });

  it("our comment is found on page 4 of 350", async () => {
    for (let count = 0; count < 349; count++) {
      bench.github.addComment(1, `talk ${count}`);
    }
    bench.mirror(bench.enqueue(["One"]), { parentIssue: 1 });
    loseAnswerTo("/comments");
    await bench.mirrored();
    assert.equal(bench.github.commentsOn(1).length, 350);
    const posts = bench.github.writes.filter(({ path }) => path.endsWith("/1/comments"));
    assert.equal(posts.length, 1);
  });

  it("a text of 70,000 characters is shortened before its marker", async () => {
    bench.mirror(bench.enqueue(["One"], "", "A line of text. 😀\n".repeat(4000)));
    await bench.mirrored();
    const { body } = bench.github.issue(3);
    assert.ok(body.length <= 65_536 && body.length > 60_000);
    assert.match(
      body,
      /\*\(shortened\)\*\n\n\*\*Documents\*\*\n\n- `docs\/1\.md`\n<!-- phase-hopper:end ([0-9a-f-]{36}) -->\n\n<!-- phase-hopper:\1 -->$/,
    );
    assert.doesNotMatch(body, /[\ud800-\udbff](?![\udc00-\udfff])/, "no half of a character");
  });

  it("a deleted status comment is made anew once, and not a second time", async () => {
    bench.mirror(bench.enqueue(["One", "Two", "Three"]), { parentIssue: 1 });
    await bench.mirrored();
    bench.github.comments.length = 0;
    bench.complete(1);
    await bench.mirrored();
    assert.equal(bench.github.comments.length, 1);
    bench.github.comments.length = 0;
    bench.complete(2);
    await bench.mirrored();
    assert.equal(bench.github.comments.length, 0);
    assert.match(bench.troubles[0]?.message ?? "", /status comment was deleted twice/);
  });

  it("an issue that is locked, deleted or moved is left with the reason", async () => {
    bench.github.issue(1).locked = true;
    bench.mirror(bench.enqueue(["One", "Two", "Three"]), { parentIssue: 1 });
    await bench.mirrored();
    assert.match(bench.troubles[0]?.message ?? "", /issue is locked/);
    bench.github.issue(2).gone = "deleted";
    bench.complete(1);
    await bench.mirrored();
    assert.match(bench.troubles[1]?.message ?? "", /#2 was deleted or moved/);
    bench.github.issue(3).gone = "moved";
    bench.complete(2);
    await bench.mirrored();
    assert.match(bench.troubles[2]?.message ?? "", /#3 was deleted or moved/);
    assert.equal(bench.github.issue(4).state, "open", "the others go on");
    bench.github.issue(1).locked = false;
    bench.queue.outbox.retryFailed();
    bench.worker.tryAgain();
    await bench.mirrored();
    assert.equal(bench.github.comments.length, 1, "asked for again, it is written");
  });
});
