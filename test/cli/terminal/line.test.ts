import assert from "node:assert/strict";
import { cleanLines, cleanText } from "../../../src/core/protocol/words/cleanText";
import { cut, displayWidth, pad, truncate } from "../../../src/cli/terminal/displayWidth";
import { parseKeys } from "../../../src/cli/terminal/keys";
import { cutLine, lineWidth, renderLine, span, wrapLine } from "../../../src/cli/terminal/line";
import { createPalette } from "../../../src/cli/terminal/palette";

describe("text on a terminal", () => {
  it("is as wide as its graphemes", () => {
    const widths: readonly (readonly [string, number])[] = [
      ["", 0],
      ["plain", 5],
      ["é", 1],
      ["e\u{301}", 1],
      ["日本", 4],
      ["한글", 4],
      ["ＡＢ", 4],
      ["👍🏽", 2],
      ["👩‍👩‍👧", 2],
      ["✓✗○●◇⊘│⠋…", 9],
      ["✅", 2],
    ];
    for (const [text, width] of widths) {
      assert.equal(displayWidth(text), width, text);
    }
  });

  it("is shortened with an ellipsis, and never through a wide character", () => {
    assert.equal(truncate("abcdef", 6), "abcdef");
    assert.equal(truncate("abcdef", 5), "abcd…");
    assert.equal(truncate("日本語", 5), "日本…");
    assert.equal(truncate("日本語", 4), "日…");
    assert.equal(truncate("abc", 0), "");
    assert.equal(cut("日本語", 3), "日");
    assert.equal(pad("日", 4), "日  ");
  });

  it("keeps lines of several pieces within the width, colours aside", () => {
    const line = [span("日本語", "bold"), span(" and more", "dim")];
    assert.equal(lineWidth(line), 15);
    for (let width = 0; width <= 16; width++) {
      assert.ok(lineWidth(cutLine(line, width)) <= width, String(width));
    }
    assert.equal(renderLine(line, createPalette(1), 9), "日本語 a…");
    assert.equal(renderLine([span("x", "red")], createPalette(4)), "\u{1b}[31mx\u{1b}[0m");
  });

  it("wraps between words and cuts none", () => {
    const words = wrapLine([span("one two three", "bold"), span(" incomprehensibilities")], 9);
    assert.deepEqual(
      words.map((line) => line.map(({ text }) => text).join("")),
      ["one two", "three", "incomprehensibilities"],
    );
  });

  it("holds nothing that a terminal would obey", () => {
    assert.equal(cleanText("a\u{1b}[31mb\u{0}c\u{202e}d\u{9b}2Je"), "ab c de");
    assert.deepEqual(cleanLines("10%\r50%\r100%\r\nnext\tone\n"), ["100%", "next  one", ""]);
  });

  it("comes from keys one by one, without the sequences of others", () => {
    assert.deepEqual(parseKeys("d\u{1b}[A\u{3}\r日"), [
      { kind: "text", text: "d" },
      { kind: "interrupt" },
      { kind: "enter" },
      { kind: "text", text: "日" },
    ]);
    assert.deepEqual(parseKeys("\u{1b}"), [{ kind: "escape" }]);
  });
});
