import assert from "node:assert/strict";
import { HopperError } from "../../../../src/core/base/errors";
import { type CommandResult, result } from "../../../../src/core/protocol/commands";
import { atOnce, inTurn } from "../../../../src/vscode/commands/outcome";

const refused = (text: string): HopperError => new HopperError("conflict", text);

function act(fails: Readonly<Record<string, Error>>) {
  return (row: string): Promise<CommandResult> => {
    const error = fails[row];
    return error ? Promise.reject(error) : Promise.resolve(result(`${row} was started.`));
  };
}

describe("what came of a command on several rows", () => {
  for (const [name, perform] of Object.entries({ inTurn, atOnce })) {
    it(`keeps what was done and why the others were refused (${name})`, async () => {
      const fails = { b: refused("b runs."), d: refused("d is gone.") };
      const { done, message, error } = await perform(["a", "b", "c", "d"], act(fails));
      assert.equal(done, 2);
      assert.equal(message, "a was started. c was started.");
      assert.ok(error instanceof HopperError);
      assert.equal(error.kind, "conflict");
      assert.equal(error.message, "b runs. d is gone.");
    });
  }

  it("says the same refusal once, and a single one as it came", async () => {
    const same = await inTurn(["a", "b"], act({ a: refused("Full."), b: refused("Full.") }));
    assert.equal(same.error?.message, "Full.");
    assert.equal(same.message, "");
    const single = refused("b runs.");
    assert.equal((await inTurn(["a", "b"], act({ b: single }))).error, single);
    assert.equal((await inTurn(["a"], act({}))).error, undefined);
  });

  it("does not hide a bug behind a refusal", async () => {
    const bug = new TypeError("x is undefined");
    const { error } = await inTurn(["a", "b"], act({ a: refused("Full."), b: bug }));
    assert.equal(error, bug);
  });
});
