import assert from "node:assert/strict";
import { cleanLines, cleanText } from "../../../src/core/protocol/words/cleanText";

describe("text from plans and programs", () => {
  it("loses what would move the cursor, colour it, or ring", () => {
    assert.equal(
      cleanText("\u001b[31mred\u001b[0m\u0007 \u001b]8;;http://a\u0007link"),
      "red link",
    );
  });

  it("loses every control of the reading order", () => {
    const controls = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069";
    for (const control of controls) {
      assert.equal(cleanText(`a${control}b`), "a b", control.codePointAt(0)?.toString(16));
    }
  });

  it("keeps letters that are written from right to left, and signs of all kinds", () => {
    for (const text of ["שלום", "مرحبا", "日本語", "👩‍🚀", "<b>&amp;"]) {
      assert.equal(cleanText(text), text);
    }
  });

  it("is one line, or its lines as they looked in the end", () => {
    assert.equal(cleanText("a\nb\u2028c"), "a b c");
    assert.deepEqual(cleanLines("10%\r90%\n\tdone\r\n"), ["90%", "  done", ""]);
  });
});
