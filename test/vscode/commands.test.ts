import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as vscode from "vscode";
import { commands } from "../../src/vscode/contributions";
import { confirmUntil, enqueue, eventually, file, lensesOf, phaseAt, show, type } from "./support";

const sh = (script: string): string => `\`\`\`sh\n${script}\n\`\`\`\n`;
const single = (script: string): string => `# Single\n\n## Phase 1: Only\n\n${sh(script)}`;

/** Waits until a phase's lens begins with this, as in "running". */
async function status(document: vscode.TextDocument, line: number, text: string): Promise<void> {
  await eventually(`line ${line} is ${text}`, () => hasStatus(document, line, text));
}

async function hasStatus(
  document: vscode.TextDocument,
  line: number,
  text: string,
): Promise<boolean> {
  return (await lensesOf(document)).some((lens) => new RegExp(`^${line}: \\S+ ${text}`).test(lens));
}

describe("commands on phases", () => {
  before(async () => {
    // In a browser the default is to save after a second.
    await vscode.workspace
      .getConfiguration("files")
      .update("autoSave", "off", vscode.ConfigurationTarget.Workspace);
  });

  it("skip or start the one that is meant, also in a paused queue or with its plan selected", async () => {
    // What is paused is a queue, so there has to be one.
    const { document: before } = await show("before.md", single("true"));
    enqueue(before);
    await confirmUntil("there is a queue", () => hasStatus(before, 2, "completed"));
    await vscode.commands.executeCommand(commands.pauseQueue);
    try {
      const { document } = await show(
        "paused.md",
        `# Paused\n\n## Phase 1: A\n\n${sh("touch paused.a")}\n## Phase 2: B\n\n${sh("touch paused.b")}` +
          `\n## Phase 3: C\n\n${sh("touch paused.c")}`,
      );
      enqueue(document);
      await confirmUntil("it is stored", () => hasStatus(document, 2, "ready"));
      const first = await phaseAt(document, 2);
      const plan = { kind: "plan", queue: first.queue, plan: first.plan };
      await vscode.commands.executeCommand(commands.skip, first, [plan, first]);
      await status(document, 2, "completed");
      await status(document, 8, "ready");
      await status(document, 14, "queued");
      const second = await phaseAt(document, 8);
      await vscode.commands.executeCommand(commands.start, second, [second]);
      await status(document, 8, "completed");
      await status(document, 14, "ready");
      assert.ok(existsSync(file("paused.b")));
      await vscode.commands.executeCommand(commands.resumeQueue);
      await status(document, 14, "completed");
      assert.equal(existsSync(file("paused.a")), false);
    } finally {
      await vscode.commands.executeCommand(commands.resumeQueue);
    }
  });

  it("say of a manual phase that it failed, and block what is behind it", async () => {
    const { document } = await show(
      "manual.md",
      "# Manual\n\n## Phase 1: Look\n\nRunner: manual\n\nLook at it with care.\n\n" +
        "## Phase 2: Go on\n\nRunner: manual\n\nGo on with care.\n",
    );
    enqueue(document);
    await confirmUntil("it waits", () => hasStatus(document, 2, "waiting for a person"));
    void vscode.commands.executeCommand(commands.failed, await phaseAt(document, 2));
    await confirmUntil("it failed", () => hasStatus(document, 2, "failed: reported as failed"));
    await status(document, 8, "blocked");
  });

  it("cancel what runs", async () => {
    const { document } = await show("cancelled.md", single("touch cancelled.up\nsleep 600"));
    enqueue(document);
    await confirmUntil("it runs", () => existsSync(file("cancelled.up")));
    await status(document, 2, "running");
    const phase = await phaseAt(document, 2);
    await vscode.commands.executeCommand(commands.cancel, phase, [phase]);
    await status(document, 2, "failed: cancelled");
  });

  it("clear what is completed from the view's title, while no row has the focus", async () => {
    const { document } = await show("cleared.md", single("true"));
    enqueue(document);
    await confirmUntil("it ran", () => hasStatus(document, 2, "completed"));
    // What the editor passes from there, instead of no arguments.
    await vscode.commands.executeCommand(commands.clearCompleted, undefined);
    await eventually("it is in the queue no more", async () =>
      (await lensesOf(document)).includes("0: $(add) Enqueue Phases"),
    );
  });
});

describe("what is enqueued", () => {
  afterEach(async () => {
    await vscode.commands.executeCommand("workbench.action.closeQuickOpen");
    while (vscode.window.activeTextEditor) {
      await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    }
  });

  it("is what was shown: text that changed meanwhile is shown anew", async () => {
    const editor = await show("meanwhile.md", single("echo before > meanwhile.txt"));
    enqueue(editor.document);
    await type(editor, single("echo after > meanwhile.txt"));
    await confirmUntil("it ran", () => existsSync(file("meanwhile.txt")));
    await status(editor.document, 2, "completed");
    assert.equal(readFileSync(file("meanwhile.txt"), "utf8"), "after\n");
  });

  it("can be an editor's text whose file is gone", async () => {
    const editor = await show("gone.md", single("true"));
    await type(editor, single("touch gone.ran"));
    rmSync(file("gone.md"));
    enqueue(editor.document);
    await confirmUntil("it ran", () => existsSync(file("gone.ran")));
  });

  it("is picked where the open Markdown file is no plan", async () => {
    // The first of the list, which is sorted by name.
    writeFileSync(file("0 picked.md"), single("touch picked.ran"));
    await show("prose.md", "# Prose\n\nNothing to be run.\n");
    void vscode.commands.executeCommand(commands.enqueuePhases);
    await confirmUntil("the picked plan ran", () => existsSync(file("picked.ran")));
  });

  it("is the clicked Markdown file, whatever it is called, without what is none", async () => {
    writeFileSync(file("other.mdown"), single("touch other.ran"));
    writeFileSync(file("other.txt"), single("touch text.ran"));
    const [plan, text] = ["other.mdown", "other.txt"].map((name) => vscode.Uri.file(file(name)));
    void vscode.commands.executeCommand(commands.enqueuePhases, plan, [text, plan]);
    await confirmUntil("it ran", () => existsSync(file("other.ran")));
    assert.equal(existsSync(file("text.ran")), false);
  });
});
