import assert from "node:assert/strict";
import { HopperError } from "../../../src/core/base/errors";
import { decodePlan } from "../../../src/core/plan/decodePlan";

describe("the bytes of a plan file", () => {
  it("are text as UTF-8, with or without a byte order mark", () => {
    assert.equal(decodePlan(Buffer.from("# Plän ✓ 😀\r\n")), "# Plän ✓ 😀\r\n");
    assert.equal(decodePlan(Buffer.from("\uFEFF# Plan")), "# Plan");
    assert.equal(decodePlan(new Uint8Array()), "");
  });

  for (const [name, bytes] of Object.entries({
    "UTF-16, little-endian": Buffer.from("\uFEFF# Plan", "utf16le"),
    "UTF-16, big-endian": Buffer.from("\uFEFF# Plan", "utf16le").swap16(),
    "UTF-16 without a mark": Buffer.from("# Plan", "utf16le"),
    "UTF-16 without a mark or ASCII": Buffer.from([0xff, 0xfe, 0x20, 0x4e]),
    "Latin-1": Buffer.from("# Plän", "latin1"),
    "a torn UTF-8 character": Buffer.from("# Plan 😀").subarray(0, -1),
    "a surrogate": Buffer.from([0xed, 0xa0, 0x80]),
    "binary data": Buffer.from([0x50, 0x4b, 0x03, 0x04, 0x00]),
  })) {
    it(`are refused as ${name}, with the remedy`, () => {
      assert.throws(
        () => decodePlan(bytes),
        (error) =>
          error instanceof HopperError &&
          error.kind === "usage" &&
          error.message.includes("Save the file as UTF-8"),
      );
    });
  }
});
