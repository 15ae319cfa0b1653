import { strict as assert } from "node:assert";
import type { SuccessRule } from "../../../src/core/protocol/runners";
import { SuccessReader } from "../../../src/core/runner/successRule";

function read(rule: SuccessRule, lines: readonly string[]) {
  const reader = new SuccessReader(rule);
  for (const line of lines) {
    reader.line(Buffer.from(line));
  }
  return reader.result();
}

describe("a success rule", () => {
  const result: SuccessRule = {
    format: "jsonLines",
    finalEvent: { type: "result" },
    errorEvents: [{ failed: true }, { type: "fatal" }],
    answer: { path: "text" },
    errorMessage: "text",
  };

  it("looks only at the last event of the final kind", () => {
    const bad = '{"type":"result","failed":true,"text":"no"}';
    const good = '{"type":"result","failed":false,"text":"yes"}';
    assert.equal(read(result, [bad, good]).succeeded, true);
    assert.deepEqual(read(result, [good, bad]), {
      succeeded: false,
      message: "no",
      evidence: {
        finalEvent: { type: "result", failed: true, text: "no" },
        errorEvent: { type: "result", failed: true, text: "no" },
        answer: "no",
      },
    });
  });

  it("fails on an error of a kind of its own, wherever it stands", () => {
    const good = '{"type":"result","failed":false,"text":"yes"}';
    assert.equal(read(result, ['{"type":"fatal","text":"x"}', good]).message, "x");
    assert.equal(read(result, [good, '{"type":"fatal"}']).message, "the agent reported an error");
    assert.equal(read(result, ['{"type":"other","failed":true}', good]).succeeded, true);
  });

  it("ignores lines that are no events", () => {
    const lines = ["", "{", "null", "42", '"result"', "[]", '{"type":"result","text":"yes"}', "\0"];
    assert.equal(read(result, lines).succeeded, true);
    assert.equal(read(result, lines.slice(0, -2)).succeeded, false);
  });

  it("reads one JSON value over many lines", () => {
    const rule: SuccessRule = {
      format: "json",
      errorEvents: [{ "status.ok": false }],
      answer: { path: "response" },
      errorMessage: "status.why",
    };
    const text = (value: object) => ["a warning", ...JSON.stringify(value, null, 2).split("\n")];
    assert.equal(read(rule, text({ status: { ok: true }, response: "yes" })).succeeded, true);
    assert.equal(read(rule, text({ status: { ok: true }, response: " " })).succeeded, false);
    assert.equal(read(rule, text({ status: { ok: false, why: "w" } })).message, "w");
    assert.equal(read(rule, ["no json at all"]).message, "the agent gave no answer");
  });

  it("takes any text for an answer where the output is text", () => {
    const rule: SuccessRule = { format: "text", answer: {} };
    assert.equal(read(rule, ["", "  ", "done"]).succeeded, true);
    assert.equal(read(rule, ["", "  "]).succeeded, false);
    assert.equal(read({ format: "text" }, []).succeeded, true);
  });

  it("keeps what it shows and stores short", () => {
    const text = "x".repeat(100_000);
    const { message, evidence } = read(result, [
      JSON.stringify({ type: "result", failed: true, text }),
    ]);
    assert.equal(message?.length, 501);
    assert.ok(JSON.stringify(evidence).length < 5_000);
  });
});
