import assert from "node:assert/strict";
import MarkdownIt from "markdown-it";
import { failureReasons, phaseStatuses } from "../../../src/core/protocol/terms";
import { phaseTooltip } from "../../../src/vscode/tree/phaseRow";
import { planTooltip } from "../../../src/vscode/tree/planRow";
import { hostileMarkup } from "../../support/hostileMarkup";
import { at, phase, plan } from "./rowFixture";

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

describe("a tooltip", () => {
  it("of a phase shows whatever stands in the queue as text", () => {
    for (const text of texts) {
      for (const status of phaseStatuses) {
        const changed = {
          ...phase,
          ...{ label: text, status, runner: text, error_message: text },
          phase_data: { title: text, content: text },
          ...(status === "failed" && { reason: failureReasons[0] }),
        };
        const facts = {
          ...{ phase: changed, runnerKind: undefined, hasLog: true, hasSource: true },
          ...{ canChange: true, now: at(9) },
        };
        const tooltip = phaseTooltip(facts, []);
        assert.deepEqual(foreignTokens(tooltip), [], `${status}: ${tooltip}`);
        assert.doesNotMatch(tooltip, /(?<!\\)\$\(/, "an icon");
      }
    }
  });

  it("of a plan does so, too", () => {
    for (const text of texts) {
      const tooltip = planTooltip({
        plan: { ...plan, title: text, source_path: text, runner: text, paused_reason: text },
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
