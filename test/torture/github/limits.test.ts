import assert from "node:assert/strict";
import type { Answer, Entry } from "../../support/github/fakeGitHub";
import { MirrorBench } from "../../unit/github/support/mirrorBench";
import { figure, rounds } from "../support/extent";

/** The limit of an hour is reached with all of them only. */
const issues = rounds({ whole: 150, part: 40 });
const minute = 60_000;
const hour = 60 * minute;

describe("GitHub's limits", () => {
  let bench: MirrorBench;

  beforeEach(async () => {
    bench = await MirrorBench.open();
  });
  afterEach(() => bench.end());

  it("are kept: one write a second, 80 a minute, 400 an hour", async function () {
    this.timeout(600_000);
    const titles = Array.from({ length: issues }, (_, index) => `Step ${index + 1}`);
    bench.github.addIssue("Parent");
    bench.mirror(bench.enqueue(titles), { parentIssue: 1, comments: "each" });
    titles.forEach((_, index) => bench.complete(index + 1, 0));
    await bench.mirrored(undefined, { longest: 12 * hour, step: 1000 });
    const { writes } = bench.github;
    const figures = {
      writes: writes.length,
      "shortest pause, s": shortestPause(writes) / 1000,
      "most in a minute": mostWithin(writes, minute),
      "most in an hour": mostWithin(writes, hour),
    };
    figure("H3 GitHub, limits", JSON.stringify(figures));
    assert.equal(writes.length, 4 * issues, "issues, links, comments and closings");
    assert.ok(shortestPause(writes) >= 1000);
    assert.ok(mostWithin(writes, minute) <= 80);
    assert.ok(mostWithin(writes, hour) <= 400);
  });

  const date = (ahead: number): string => new Date(bench.clock.now() + ahead).toUTCString();
  const limits: Readonly<Record<string, () => [answer: Answer, wait: number]>> = {
    "429 with Retry-After in seconds": () => [limited(429, { "retry-after": "30" }), 30_000],
    "403 with Retry-After as a date": () => [
      limited(403, { "retry-after": date(90_000), date: date(0) }),
      89_000,
    ],
    "403 of the secondary limit, which says no time": () => [limited(403, {}), minute],
    "no requests left": () => [
      limited(403, {
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": String(Math.ceil(bench.clock.now() / 1000) + 120),
        date: date(0),
      }),
      120_000,
    ],
    "a reset that has passed": () => [
      limited(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1", date: date(0) }),
      minute,
    ],
  };
  for (const [name, make] of Object.entries(limits)) {
    it(`${name}: nothing is asked earlier than told, and nothing is lost`, async () => {
      let told: { readonly at: number; readonly wait: number } | undefined;
      bench.github.fault = ({ method }) => {
        if (method !== "POST" || told) {
          return undefined;
        }
        const [answer, wait] = make();
        told = { at: bench.clock.now(), wait };
        return { done: false, answer };
      };
      bench.mirror(bench.enqueue(["One"]));
      await bench.mirrored();
      assert.ok(told);
      const { at, wait } = told;
      const next = bench.github.log.filter((entry) => entry.at > at)[0];
      assert.ok(next && next.at - at >= wait, `${next?.at ?? 0} - ${at} >= ${wait}`);
      assert.equal(bench.github.issues.length, 2);
    });
  }
});

function limited(status: number, headers: Readonly<Record<string, string>>): Answer {
  return { status, headers, body: { message: "You have exceeded a secondary rate limit." } };
}

function shortestPause(entries: readonly Entry[]): number {
  return Math.min(...entries.slice(1).map(({ at }, index) => at - (entries[index]?.at ?? 0)));
}

function mostWithin(entries: readonly Entry[], span: number): number {
  return Math.max(
    ...entries.map(
      ({ at }) => entries.filter((other) => other.at >= at && other.at < at + span).length,
    ),
  );
}
