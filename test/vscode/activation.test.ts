import assert from "node:assert/strict";
import { commands, extensions } from "vscode";
import { commands as ids, extensionId } from "../../src/vscode/contributions";

describe("the extension in VS Code", () => {
  it("is not activated before it is needed, and registers every command then", async () => {
    const extension = extensions.getExtension(extensionId);
    assert.ok(extension, "VS Code does not know the extension");
    assert.equal(extension.isActive, false, "it was activated before it was needed");
    await extension.activate();
    const registered = new Set(await commands.getCommands(true));
    assert.deepEqual(
      Object.values(ids).filter((id) => !registered.has(id)),
      [],
    );
  });
});
