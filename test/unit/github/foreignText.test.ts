import assert from "node:assert/strict";
import {
  foreignLine,
  foreignMarkdown,
  foreignOutput,
  foreignTitle,
} from "../../../src/core/github/foreignText";

/** What GitHub takes for a mention, a reference, or a word that closes. */
const effects = [
  /(^|\W)@[a-z0-9]/i,
  /(^|\W)#\d/,
  /\bgh-\d/i,
  /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|duplicate of):? +(?:#|gh-|http|[\w.-]+\/[\w.-]+#)/i,
  /\/\/(?:www\.)?github\.com\/[^/]+\/[^/]+\/(?:issues|pull|discussions)\/\d/i,
  /<[a-z/!?]/i,
  /&(?:#\d+|#x[\da-f]+|commat|num|fjlig|dash);/i,
  /\bgh\\?-\d/i,
  /\[\^\w+\]/,
];

const hostile = [
  "thanks @octocat and @acme/team",
  "fixes #12, Closes: #3 and resolved acme/rockets#4",
  "duplicate of #9",
  "GH-17",
  "see https://github.com/acme/rockets/issues/12 and http://www.github.com/a/b/pull/3",
  "on https://git.example.com/a/b/issues/5",
  "fixes https://github.com/acme/rockets/issues/1",
  "&#64;octocat &#x40;octocat &commat;octocat &num;12 &#35;12",
  "@&#x6f;ctocat, #&#x31;2, gh&#x2d;12 and acme/rockets&num;1",
  "@&fjlig;ord, gh&dash;12 and https://github.com/acme/rockets/issues/&#49;2",
  String.raw`gh\-12 and GH-12`,
  "A note[^1].\n\n[^1]: See this.\n\n    cc @octocat, fixes #12",
  "<!-- hidden <details> <img src=x> </summary>",
  String.raw`\@octocat \#12`,
  "> @quoted\n\n- @listed\n\n| @table |\n",
  "`@inline #1`",
  "text\n    @lazy continuation",
];

/** What is indented by four is code where no footnote begins. */
function withoutCode(text: string): string {
  return text.replaceAll(/\n\n {4}.*/g, "");
}

describe("foreign text", () => {
  for (const text of hostile) {
    it(`has no effect on GitHub: ${JSON.stringify(text)}`, () => {
      for (const harmless of [foreignMarkdown(text), foreignLine(text), foreignTitle(text)]) {
        for (const effect of effects) {
          assert.doesNotMatch(withoutCode(harmless), effect);
        }
        assert.equal(foreignMarkdown(harmless), foreignMarkdown(foreignMarkdown(harmless)));
      }
    });
  }

  it("reads as before", () => {
    const text = "# Setup\n\nAsk @ann about #4: `npm i @acme/x`.";
    assert.equal(foreignMarkdown(text).replaceAll("\u200b", ""), text);
    const entities = "3 &gt; 2 &amp; 1&nbsp;% &mdash; &copy; me";
    assert.equal(foreignMarkdown(entities), entities);
    assert.equal(foreignMarkdown("Just a sentence, 50 % of it."), "Just a sentence, 50 % of it.");
  });

  it("keeps code blocks as they are, and closes one that was left open", () => {
    const block = "```sh\nnpm i @acme/x # 12 #12\n```";
    assert.equal(foreignMarkdown(block), block);
    assert.equal(foreignMarkdown("~~~~sh\necho '@x'"), "~~~~sh\necho '@x'\n~~~~");
    assert.equal(foreignMarkdown("```"), "```\n```");
  });

  it("does not take for code what only HTML made look like none, or the other way round", () => {
    const text = "<div>\n```\n</div>\n\n@octocat\n\n```\n\n@hubot";
    const result = foreignMarkdown(text);
    const outside = result.split(/^```$/m).filter((_, index) => index % 2 === 0);
    for (const part of outside) {
      assert.doesNotMatch(part, /@[a-z]/);
    }
  });

  it("shows what a program printed in a block that it cannot leave, without tokens", () => {
    const secret = `ghp_${"a1B2".repeat(9)}`;
    const shown = foreignOutput(`a\n\`\`\`\`\n@octocat ${secret}`);
    assert.match(shown, /^`{5}text\n[^]*\n`{5}$/);
    assert.ok(!shown.includes("a1B2"));
    assert.ok(!foreignMarkdown(secret).includes("a1B2"));
  });
});
