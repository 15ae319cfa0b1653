import assert from "node:assert/strict";
import { errorMessage, onOneLine } from "../../../src/core/base/errors";

describe("the message of an error", () => {
  it("is on one line, whatever was thrown", () => {
    assert.equal(errorMessage(new Error("first \n\n  second\r\nthird\n")), "first second third");
    assert.equal(errorMessage("plain"), "plain");
  });

  it("keeps blanks within a line", () => {
    assert.equal(onOneLine("a  b\n c"), "a  b c");
  });
});
