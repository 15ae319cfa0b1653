import assert from "node:assert/strict";
import type { TimelinePhase } from "../../../../webview-ui/timeline/timelinePhase";
import {
  attemptInWords,
  longDuration,
  phaseInWords,
  planInWords,
  timeInWords,
} from "../../../../webview-ui/timeline/timelineWords";

const now = new Date(2026, 2, 1, 12, 0, 0).getTime();
const tried: TimelinePhase = {
  id: "1",
  label: "1",
  title: "Build it",
  status: "running",
  skipped: false,
  dependsOn: [],
  attempts: [
    {
      number: 1,
      startedAt: now - 90_000,
      finishedAt: now - 60_000,
      outcome: "failed",
      words: "timed out",
    },
    { number: 2, startedAt: now - 30_000, outcome: "running", words: "running" },
  ],
};
const queued: TimelinePhase = { ...tried, title: "Phase 1", status: "queued", attempts: [] };

describe("What a timeline says", () => {
  it("names a phase, its status, what it took, when, how often it was tried and after what", () => {
    assert.equal(
      phaseInWords(tried, [], now),
      "Phase 1 Build it, running, 1m 30s, since 11:58:30, 2 attempts",
    );
    const ended = { ...tried, status: "failed", attempts: tried.attempts.slice(0, 1) } as const;
    assert.equal(
      phaseInWords(ended, ["2", "3"], now),
      "Phase 1 Build it, failed, 30s, 11:58:30 to 11:59:00, after Phases 2 and 3",
    );
    assert.equal(phaseInWords(queued, ["4"], now), "Phase 1, queued, after Phase 4");
    const skipped: TimelinePhase = { ...queued, status: "completed", skipped: true };
    assert.equal(phaseInWords(skipped, [], now), "Phase 1, skipped");
  });

  it("names an attempt, also one whose clock was put back meanwhile", () => {
    const [first, second] = tried.attempts;
    assert.equal(
      first && attemptInWords(first, now),
      "Attempt 1, timed out, 30s, 11:58:30 to 11:59:00",
    );
    assert.equal(second && attemptInWords(second, now), "Attempt 2, running, 30s, since 11:59:30");
    assert.match(
      (second && attemptInWords(second, now - 90_000)) ?? "",
      /^Attempt 2, running, 0\.0s, since/,
    );
  });

  it("sums a plan up, whatever was started of it", () => {
    assert.equal(planInWords([tried, queued], now), "0 of 2 phases completed · 1m 30s");
    assert.equal(planInWords([queued], now), "0 of 1 phases completed");
  });

  it("says times of today without their day, and long times in days", () => {
    assert.equal(timeInWords(now - 1000, now), "11:59:59");
    assert.equal(timeInWords(now - 86_400_000, now), "2026-02-28 12:00:00");
    assert.deepEqual([60_000, 26 * 3_600_000, 48 * 3_600_000, 400 * 3_600_000].map(longDuration), [
      "1m 00s",
      "1d 2h",
      "2d",
      "16d",
    ]);
  });
});
