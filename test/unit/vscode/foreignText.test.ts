import assert from "node:assert/strict";
import { asLabel, asMessage } from "../../../src/vscode/foreignText";

describe("text of plans and programs", () => {
  it("holds no link in a message", () => {
    const links = /\[[^\]]+\]\((?:https?:|command:|file:)/;
    const hostile = "[a](command:b) [c](https://d) [[e](file:///f)]( [g]\u200b](command:h)";
    assert.match(hostile, links);
    assert.doesNotMatch(asMessage(hostile), links);
    assert.equal(asMessage("Phase 1 (a) failed: [x] y"), "Phase 1 (a) failed: [x] y");
  });

  it("holds no icon in a label", () => {
    assert.equal(asLabel("$(flame) costs $5"), String.raw`\$(flame) costs $5`);
  });

  it("reverses no reading order and moves no cursor", () => {
    assert.equal(asMessage("a\u202eb\u001b[31mc"), "a bc");
    assert.equal(asLabel("a\u202eb\u001b[31mc"), "a bc");
  });
});
