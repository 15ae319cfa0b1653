import assert from "node:assert/strict";
import MarkdownIt from "markdown-it";
import type { PhaseQueueItem, PlanItem } from "../../../src/core/protocol/queue";
import { failureReasons, phaseStatuses } from "../../../src/core/protocol/terms";
import { phaseTooltip } from "../../../src/vscode/tree/phaseRow";
import { planTooltip } from "../../../src/vscode/tree/planRow";
import { hostileMarkup } from "../../support/hostileMarkup";

const texts = [
  ...hostileMarkup,
  "[run](command:phaseHopper.retry?%5B%22q%22%5D)",
  "![image](https://evil.test/a.png)",
  "<https://evil.test> https://evil.test www.evil.test me@evil.test",
  "[text][1]\n\n[1]: command:evil",
  "`code` **bold** _slanted_ ~~gone~~ $(trash)",
  "# Heading\n> quote\n- item\n1. item\n\n    code\n\n***\n\n| a |\n| - |\n",
  "```sh\ntrue\n```",
  "===",
  "---",
  "    code",
  "\n\n    code",
];

/** What our own words in a tooltip are made of. */
const ours = new Set([
  ...["paragraph_open", "paragraph_close", "inline", "text", "text_special"],
  ...["hardbreak", "softbreak", "strong_open", "strong_close"],
]);

/** Reads Markdown with everything that a reader might switch on. */
const markdown = new MarkdownIt({ html: true, linkify: true });

function foreignTokens(tooltip: string): string[] {
  return markdown
    .parse(tooltip, {})
    .flatMap((token) => [token, ...(token.children ?? [])])
    .map(({ type }) => type)
    .filter((type) => !ours.has(type));
}

const at = "2026-03-01T10:00:00.000Z";

describe("a tooltip", () => {
  it("of a phase shows whatever stands in the queue as text", () => {
    for (const text of texts) {
      for (const status of phaseStatuses) {
        const phase: PhaseQueueItem = {
          queue_id: "q",
          plan_id: "p",
          parent_issue: 0,
          plan_number: 1,
          phase_number: 2,
          label: text,
          status,
          depends_on_phases: [1],
          phase_data: { title: text, content: text },
          runner: text,
          priority: 50,
          attempts: 1,
          created_at: at,
          updated_at: at,
          error_message: text,
          ...(status === "failed" && { reason: failureReasons[0] }),
        };
        const facts = {
          ...{ phase, runnerKind: undefined, hasLog: true, hasSource: true },
          ...{ canChange: true, now: at },
        };
        const tooltip = phaseTooltip(facts, []);
        assert.deepEqual(foreignTokens(tooltip), [], `${status}: ${tooltip}`);
        assert.doesNotMatch(tooltip, /(?<!\\)\$\(/, "an icon");
      }
    }
  });

  it("of a plan does so, too", () => {
    for (const text of texts) {
      const plan: PlanItem = {
        plan_id: "p",
        plan_number: 1,
        title: text,
        source_path: text,
        source_sha256: "0",
        parent_issue: 0,
        runner: text,
        created_at: at,
        paused_reason: text,
      };
      const tooltip = planTooltip({
        plan,
        counts: new Map([["failed", 1]]),
        waiting: { kind: "failed", text },
        canChange: true,
        isMirrored: false,
      });
      assert.deepEqual(foreignTokens(tooltip), [], tooltip);
      assert.doesNotMatch(tooltip, /(?<!\\)\$\(/, "an icon");
    }
  });
});
