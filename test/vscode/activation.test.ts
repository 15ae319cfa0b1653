import assert from "node:assert/strict";
import { commands, extensions } from "vscode";

describe("the extension in VS Code", () => {
  it("is there, and is activated by its first command", async () => {
    const extension = extensions.getExtension("phase-hopper.phase-hopper");
    assert.ok(extension, "VS Code does not know the extension");
    assert.equal(extension.isActive, false, "it was activated before it was needed");

    // The command may stay open with a question to the user: it is its start that counts.
    void commands.executeCommand("phaseHopper.enqueue");
    await extension.activate();

    const registered = await commands.getCommands(true);
    assert.ok(registered.includes("phaseHopper.enqueue"));
  });
});
