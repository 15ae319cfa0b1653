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
    { number: 1, startedAt: now - 90_000, finishedAt: now - 60_000, outcome: "failed" },
    { number: 2, startedAt: now - 30_000, outcome: "running" },
  ],
};
const queued: TimelinePhase = { ...tried, title: "Phase 1", status: "queued", attempts: [] };

describe("What a timeline says", () => {
  it("names a phase, its status, what it took and how often it was tried", () => {
    assert.equal(phaseInWords(tried, now), "Phase 1 Build it, running, 1m 30s, 2 attempts");
    assert.equal(phaseInWords(queued, now), "Phase 1, queued");
    const skipped: TimelinePhase = { ...queued, status: "completed", skipped: true };
    assert.equal(phaseInWords(skipped, now), "Phase 1, skipped");
  });

  it("names an attempt, also one whose clock was put back meanwhile", () => {
    const [first, second] = tried.attempts;
    assert.equal(first && attemptInWords(first, now), "Attempt 1, failed, 30s");
    assert.equal(second && attemptInWords(second, now), "Attempt 2, running, 30s");
    assert.equal(second && attemptInWords(second, now - 90_000), "Attempt 2, running, 0.0s");
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
