import assert from "node:assert/strict";
import type { Answer } from "../../support/github/fakeGitHub";
import { MirrorBench } from "../../unit/github/support/mirrorBench";
import { figure } from "../support/extent";

describe("a day without GitHub", () => {
  let bench: MirrorBench;
  const days: { told: number; requests: number }[] = [];

  beforeEach(async () => {
    bench = await MirrorBench.open();
    bench.github.addIssue("Parent");
  });
  afterEach(async () => {
    days.push({ told: bench.troubles.length, requests: bench.github.log.length });
    await bench.end();
  });
  after(() => {
    const most = (values: readonly number[]): number => Math.max(...values);
    figure(
      "H5 GitHub, walls",
      `${days.length} days: told at most ${most(days.map(({ told }) => told))} times, at most ` +
        `${most(days.map(({ requests }) => requests))} requests, 0 bytes of tokens logged`,
    );
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
        "**Phase 1: One** completed in 12s. Phase 2 is ready.",
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
});
