import assert from "node:assert/strict";
import { markerOf } from "../../../src/core/github/marker";
import type { Answer } from "../../support/github/fakeGitHub";
import { MirrorBench } from "./support/mirrorBench";

describe("what people and GitHub do to a mirror", () => {
  let bench: MirrorBench;

  beforeEach(async () => {
    bench = await MirrorBench.open();
    bench.github.addIssue("Parent");
  });
  afterEach(() => bench.end());

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
    assert.match(body, /\*\(shortened\)\*\n\n<!-- phase-hopper:[0-9a-f-]{36} -->$/);
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

  it("what people write into an issue of ours stays", async () => {
    bench.mirror(bench.enqueue(["One", "Two"]));
    await bench.mirrored();
    const issue = bench.github.issue(2);
    issue.body = `Read this first!\n\n${issue.body}\n\nThanks.`;
    bench.complete(1);
    await bench.mirrored();
    assert.match(issue.body, /^Read this first![^]*\[x\] Phase 1[^]*Thanks\.$/);
  });

  it("nothing is created while the queue is paused, and all of it afterwards", async () => {
    bench.queue.setPaused(true);
    bench.mirror(bench.enqueue(["One", "Two"]));
    bench.clock.advance(600_000);
    await bench.quiet();
    assert.deepEqual(bench.github.writes, []);
    bench.queue.setPaused(false);
    await bench.mirrored();
    assert.equal(bench.github.issues.length, 3);
    assert.equal(bench.github.comments.length, 1);
  });

  it("after a day without a network everything is written", async function () {
    this.timeout(120_000);
    bench.github.fault = () => ({ done: false, answer: "reset" });
    bench.mirror(bench.enqueue(["One", "Two", "Three"]), { parentIssue: 1, comments: "each" });
    bench.complete(1);
    bench.fail(2, "no network either");
    for (let minutes = 0; minutes < 24 * 60; minutes += 5) {
      bench.clock.advance(300_000);
      await bench.quiet();
    }
    assert.deepEqual(bench.troubles, [], "being offline is no trouble to tell");
    bench.github.fault = () => undefined;
    await bench.mirrored();
    assert.deepEqual(
      bench.github.commentsOn(1).map(({ body }) => body.split("\n")[0]),
      [
        "**Phase 1: One** completed in 12s. Moving to Phase 2.",
        "**Phase 2: Two** failed in 3.0s (exit).",
      ],
    );
  });

  const walls: Readonly<Record<string, { answer: Answer; message: RegExp }>> = {
    "a token that was revoked": {
      answer: { status: 401, body: { message: "Bad credentials" } },
      message: /does not accept the sign-in/,
    },
    "a scope that is missing": {
      answer: {
        status: 403,
        headers: { "x-oauth-scopes": "gist" },
        body: { message: "Must have admin rights" },
      },
      message: /scope public_repo or repo\), and has gist/,
    },
    "single sign-on": {
      answer: {
        status: 403,
        headers: { "x-github-sso": "required; url=https://github.com/orgs/acme/sso?x=1" },
        body: { message: "Resource protected by organization SAML enforcement." },
      },
      message: /authorize the sign-in at https:\/\/github\.com\/orgs\/acme\/sso/,
    },
  };
  for (const [name, { answer, message }] of Object.entries(walls)) {
    it(`${name} is told once, keeps everything, and leaks no token`, async () => {
      bench.token = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";
      bench.github.accounts.set(bench.token, "robin");
      bench.github.fault = ({ target }) =>
        target === "/user" && answer.status === 403 ? undefined : { done: false, answer };
      bench.mirror(bench.enqueue(["One", "Two"]), { parentIssue: 1 });
      for (let hours = 0; hours < 24; hours++) {
        bench.clock.advance(3600_000);
        await bench.quiet();
      }
      bench.complete(1);
      await bench.quiet();
      assert.equal(bench.troubles.length, 1);
      assert.match(bench.troubles[0]?.message ?? "", message);
      assert.ok(bench.github.log.length < 300, `${bench.github.log.length} requests in a day`);
      const said = [...bench.logged, ...bench.troubles.map((trouble) => trouble.message)].join(
        "\n",
      );
      assert.ok(!said.includes("0123456789"), "no byte of the token");
      bench.github.fault = () => undefined;
      bench.worker.tryAgain();
      await bench.mirrored();
      assert.equal(bench.github.issues.length, 3);
    });
  }

  it("a token goes to no server but its own", async () => {
    bench.mirror(bench.enqueue(["One"]), { apiUrl: "https://evil.example/api/v3" });
    await bench.quiet();
    bench.clock.advance(3600_000);
    await bench.quiet();
    assert.deepEqual(bench.github.log, []);
    assert.match(bench.troubles[0]?.message ?? "", /mirrored to https:\/\/evil\.example/);
  });
});
