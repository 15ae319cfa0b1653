import assert from "node:assert/strict";
import { foreignExtract, foreignTitle } from "../../../src/core/github/foreignText";
import { happeningOf } from "../../../src/core/github/happening";
import { longestText, replaceSection, withMarker } from "../../../src/core/github/marker";
import type { PhaseLine } from "../../../src/core/github/terms";
import { progressText, textOf } from "../../../src/core/github/texts";

const entryId = "00000000-0000-4000-8000-000000000000";
const nothing = { parent: undefined, issues: new Map<string, number>() };

function line(number: number, changed: Partial<PhaseLine> = {}): PhaseLine {
  return {
    queueId: `q${number}`,
    number,
    title: "t".repeat(60),
    status: "queued",
    dependsOn: number > 1 ? [number - 1] : [],
    ...changed,
  };
}

const many = (count: number, changed: Partial<PhaseLine> = {}): PhaseLine[] =>
  Array.from({ length: count }, (_, index) => line(index + 1, changed));

function parentBody(phases: PhaseLine[], context = ""): string {
  const facts = { title: "Launch", phases, context, labels: [] };
  const thing = { kind: "parent" as const, facts };
  return withMarker(textOf(thing, nothing, entryId).body, entryId);
}

describe("texts for GitHub", () => {
  it("have room for the list of a thousand phases, of which the completed are left out first", () => {
    const context = "A line.\n".repeat(5000);
    const created = parentBody(many(1000), context);
    assert.ok(created.length <= longestText);
    const phases = many(1000).map((one) =>
      one.number <= 700 ? { ...one, status: "completed" as const } : one,
    );
    const updated = replaceSection(created, entryId, (room) =>
      progressText({ phases }, nothing, room),
    );
    assert.ok(updated !== undefined && updated.length <= longestText);
    assert.match(updated, /\*\*700 of 1000 phases completed\*\*/);
    assert.match(updated, /- \[x\] \d+ completed phases that are not listed\n/);
    assert.match(updated, /- \[ \] Phase 1000: /);
    assert.match(updated, /The list above follows its phases/);
    assert.match(updated, /<!-- phase-hopper:[0-9a-f-]{36} -->$/);
  });

  it("have room for the list where every phase has failed", () => {
    const phases = many(1000, { status: "failed", error: "e".repeat(5000) });
    const { body } = textOf({ kind: "status", facts: { title: "Launch", phases } }, nothing);
    assert.ok(withMarker(body, entryId).length <= longestText);
    assert.match(body, /990 more have failed\./);
    assert.match(body, /more phases that are not listed$/);
  });

  it("close a block of code that they cut in two", () => {
    const body = parentBody([line(1)], `\`\`\`sh\n${"echo hi\n".repeat(4000)}\`\`\`\n`);
    assert.match(body, /\necho hi\n```\n\n\*\(shortened\)\*\n\n---\n/);
    const hostile = foreignExtract("@a".repeat(20_000), 10_000);
    assert.ok(hostile.length <= 10_000, `${hostile.length} characters`);
    assert.doesNotMatch(hostile, /@[a-z]/);
  });

  it("halve no character of a title", () => {
    const title = foreignTitle("a".repeat(254) + "😀😀");
    assert.equal(title, `${"a".repeat(254)}…`);
  });

  it("do not take for their own part what a plan shows of it", () => {
    const shown = parentBody([line(1)])
      .split("\n")
      .slice(0, 2)
      .join("\n");
    const context = `How we mark it:\n\n\`\`\`html\n${shown.replaceAll("0", "1")}\n\`\`\`\n\nThe end.`;
    const body = parentBody([line(1)], context);
    const changed = replaceSection(body, entryId, () => "New list.") ?? "";
    assert.match(changed, /The end\.\n\n---\n\n<!-- phase-hopper:begin [^>]*-->\nNew list\./);
    assert.equal(
      replaceSection("people took it out", entryId, () => ""),
      undefined,
    );
  });

  it("say where a phase led to, and nothing of phases that would run without it", () => {
    const phase = line(1, { status: "completed", finishedAt: "2026-01-01T00:00:00.000Z" });
    const phases = [
      phase,
      line(2, { status: "running", dependsOn: [1], startedAt: "2026-01-01T00:00:09.000Z" }),
      line(3, { status: "running", dependsOn: [], startedAt: "2025-12-31T00:00:00.000Z" }),
      line(4, { status: "running", dependsOn: [], startedAt: "2026-01-01T00:00:00.000Z" }),
      line(5, { status: "ready", dependsOn: [1] }),
      line(6, { status: "ready", dependsOn: [] }),
      line(7, { status: "blocked", dependsOn: [9] }),
    ];
    const { next, ready, blocked, allCompleted } = happeningOf(phase, phases);
    assert.deepEqual(
      { next, ready, blocked, allCompleted },
      {
        next: [2, 4],
        ready: [5],
        blocked: [],
        allCompleted: false,
      },
    );
  });
});
