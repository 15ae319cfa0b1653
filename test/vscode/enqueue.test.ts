import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as vscode from "vscode";
import { commands } from "../../src/vscode/contributions";
import { confirmUntil, eventually, file } from "./support";

const plan = (script: string): string =>
  `# Edited\n\n## Phase 1: Only\n\n\`\`\`sh\n${script}\n\`\`\`\n`;

describe("enqueuing in VS Code", () => {
  it("takes what an editor shows, saved or not", async () => {
    // In a browser the default is to save after a second.
    await vscode.workspace
      .getConfiguration("files")
      .update("autoSave", "off", vscode.ConfigurationTarget.Workspace);
    writeFileSync(file("edited.md"), plan("echo saved > which.txt"));
    const document = await vscode.workspace.openTextDocument(file("edited.md"));
    const editor = await vscode.window.showTextDocument(document);
    const everything = new vscode.Range(0, 0, document.lineCount, 0);
    await editor.edit((edit) => edit.replace(everything, plan("echo shown > which.txt")));
    assert.ok(document.isDirty);
    void vscode.commands.executeCommand(commands.enqueuePhases, document.uri);
    await confirmUntil("the phase ran", () => existsSync(file("which.txt")));
    await eventually("its output is there", () => readFileSync(file("which.txt"), "utf8") !== "");
    assert.equal(readFileSync(file("which.txt"), "utf8"), "shown\n");
    assert.match(readFileSync(document.uri.fsPath, "utf8"), /echo saved/, "the file was saved");
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });

  it("runs as many phases at once as the setting says, without a reload", async () => {
    const held = (name: string): string =>
      `\`\`\`sh\ntouch ${name}.up\nuntil [ -e ${name}.go ]; do sleep 0.05; done\n\`\`\``;
    writeFileSync(
      file("two.md"),
      `# Two\n\n## Phase 1: A\n\n${held("a")}\n\n## Phase 2: B\n\nDepends on: none\n\n${held("b")}\n`,
    );
    void vscode.commands.executeCommand(commands.enqueuePhases, vscode.Uri.file(file("two.md")));
    await confirmUntil("the first phase runs", () => existsSync(file("a.up")));
    assert.equal(existsSync(file("b.up")), false);
    await vscode.workspace
      .getConfiguration("phaseHopper")
      .update("maxConcurrentPhases", 2, vscode.ConfigurationTarget.Workspace);
    await eventually("the second phase runs beside it", () => existsSync(file("b.up")));
    writeFileSync(file("a.go"), "");
    writeFileSync(file("b.go"), "");
  });
});
