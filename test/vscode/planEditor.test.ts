import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as vscode from "vscode";
import { commands } from "../../src/vscode/contributions";
import {
  clickLens,
  confirmUntil,
  enqueue,
  eventually,
  file,
  lensesOf,
  show,
  type,
} from "./support";

const problemsOf = ({ uri }: vscode.TextDocument): string[] =>
  vscode.languages
    .getDiagnostics(uri)
    .filter(({ source }) => source === "Phase Hopper")
    .map(({ range, code }) => `${range.start.line}: ${typeof code === "string" ? code : ""}`);

async function hoverAt({ uri }: vscode.TextDocument, line: number): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    "vscode.executeHoverProvider",
    uri,
    new vscode.Position(line, 3),
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (content instanceof vscode.MarkdownString ? content.value : ""))
    .join("\n");
}

async function fix({ uri }: vscode.TextDocument, line: number, title: RegExp): Promise<void> {
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    uri,
    new vscode.Range(line, 0, line, 1),
  );
  const action = actions.find((one) => title.test(one.title));
  assert.ok(
    action?.edit,
    `${String(title)} is among ${actions.map((one) => one.title).join(", ")}`,
  );
  assert.ok(await vscode.workspace.applyEdit(action.edit));
}

describe("a plan in the editor", () => {
  before(async () => {
    // In a browser the default is to save after a second.
    await vscode.workspace
      .getConfiguration("files")
      .update("autoSave", "off", vscode.ConfigurationTarget.Workspace);
  });
  afterEach(async () => {
    await vscode.commands.executeCommand("workbench.action.closeQuickOpen");
    while (vscode.window.activeTextEditor) {
      await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    }
  });

  it("has its problems while it is typed, and fixes for them", async () => {
    const editor = await show("typed.md", "# Typed\n\nNothing yet.\n");
    const { document } = editor;
    await type(
      editor,
      "# Typed\n\n## Phase 2: B\n\nDo it well.\n\n## Phase 3: C\nDepends on: Bee\n\nAnd more.\n",
    );
    await eventually("problems are shown", () => problemsOf(document).length > 0);
    assert.deepEqual(problemsOf(document).sort(), ["2: missing-phase", "7: unknown-dependency"]);
    await fix(document, 7, /to Phase 2: B/);
    await fix(document, 2, /Add the missing Phase 1/);
    await eventually("they are gone", () => problemsOf(document).length === 0);
    assert.match(document.getText(), /## Phase 1: New phase/);
    assert.match(document.getText(), /Depends on: Phase 2\n/);
    assert.ok(document.isDirty, "nothing was saved");
  });

  it("is renumbered in one go", async () => {
    const { document } = await show(
      "numbers.md",
      "## Phase 1: A\n\nDo it well.\n\n## Phase 1: B\n\nAnd that, too.\n\n## Phase 3: C\n\nAnd so on.\n",
    );
    await eventually("problems are shown", () => problemsOf(document).length > 0);
    await fix(document, 4, /Renumber/);
    await eventually("they are gone", () => problemsOf(document).length === 0);
    assert.match(document.getText(), /Phase 1: A[^]*Phase 2: B[^]*Phase 3: C/);
  });

  it("is none where the Markdown has no phase: nothing is shown there", async () => {
    const text =
      "# Notes\n\n## Phases of the moon\n\nPhase 1 is new.\n\n```md\n## Phase 2: x\n```\n";
    const { document } = await show("notes.md", text);
    const marker = await show("marker.md", "## Phase 2: Gap\n\nIt begins too late.\n");
    await eventually("the next one was read", () => problemsOf(marker.document).length > 0);
    assert.deepEqual(problemsOf(document), []);
    assert.deepEqual(await lensesOf(document), []);
    assert.equal(await hoverAt(document, 2), "");
  });

  it("is what a setting says it is, by glob", async () => {
    const settings = vscode.workspace.getConfiguration("phaseHopper");
    const { document } = await show("globbed.md", "## Phase 2: Gap\n\nIt begins too late.\n");
    await eventually("problems are shown", () => problemsOf(document).length > 0);
    const workspace = vscode.ConfigurationTarget.Workspace;
    await settings.update("planFiles", { "glob*.md": false }, workspace);
    await eventually("it is none any more", () => problemsOf(document).length === 0);
    assert.deepEqual(await lensesOf(document), []);
    await settings.update("planFiles", { "**/glob*.md": true }, workspace);
    await type(await vscode.window.showTextDocument(document), "# Nothing\n");
    await eventually("it is one without a phase", () =>
      problemsOf(document).includes("0: no-phase"),
    );
    await settings.update("planFiles", undefined, workspace);
  });

  it("completes properties with its own phases and the runners", async () => {
    const { document } = await show(
      "completed.md",
      "## Phase 1: Build\n\nDo it well.\n\n## Phase 2: Test\nDepends on: \nRunner: \n\nAnd that.\n",
    );
    await eventually("it was read", async () => (await lensesOf(document)).length > 0);
    const at = async (line: number, column: number): Promise<string[]> => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        "vscode.executeCompletionItemProvider",
        document.uri,
        new vscode.Position(line, column),
      );
      return list.items.map(({ label }) => (typeof label === "string" ? label : label.label));
    };
    assert.deepEqual((await at(5, 12)).slice(0, 2), ["Phase 1", "none"]);
    assert.ok((await at(6, 8)).includes("manual"));
  });

  it("shows status and actions at its headings, while it runs and after", async () => {
    const { document } = await show(
      "run.md",
      "# Run\n\n## Phase 1: Try\n\n```sh\ntest -e mended.txt\n```\n\n## Phase 2: Then\n\n```sh\ntrue\n```\n",
    );
    await eventually("it can be enqueued", async () =>
      (await lensesOf(document)).includes("0: $(add) Enqueue Phases"),
    );
    await clickLens(document, /Enqueue Phases/);
    await confirmUntil("the first phase failed", async () =>
      (await lensesOf(document)).some((lens) => lens.startsWith("2: $(error) failed: ")),
    );
    const lenses = await lensesOf(document);
    assert.ok(lenses.includes("2: $(refresh) Retry"));
    assert.ok(lenses.includes("2: $(output) Show Log"));
    assert.ok(lenses.some((lens) => lens.startsWith("8: $(circle-slash) blocked")));
    const hover = await hoverAt(document, 2);
    assert.match(hover, /Phase 1: Try/);
    assert.match(hover, /Attempt 1: failed/);
    assert.match(hover, /\[Retry\]\(command:phaseHopper\.retry\?/);
    writeFileSync(file("mended.txt"), "");
    await clickLens(document, /Retry/);
    await eventually("all is completed", async () =>
      (await lensesOf(document)).some((lens) => /^0: \S+ 2 of 2 completed/.test(lens)),
    );
    assert.match(await hoverAt(document, 8), /completed/);
  });

  it("says what was changed, and takes it over only when asked", async () => {
    const text = (script: string): string =>
      "# Changed\n\n## Phase 1: Wait\n\nRunner: manual\n\nSay when it is time.\n\n" +
      `## Phase 2: Write\n\n\`\`\`sh\necho ${script} > written.txt\n\`\`\`\n`;
    const editor = await show("changed.md", text("old"));
    const { document } = editor;
    enqueue(document);
    await confirmUntil("it waits", async () =>
      (await lensesOf(document)).some((lens) =>
        lens.startsWith("2: $(person) waiting for a person"),
      ),
    );
    await type(editor, `${text("new")}\n## Phase 3: More\n\n\`\`\`sh\ntouch more.txt\n\`\`\`\n`);
    await eventually("it says so", async () =>
      (await lensesOf(document)).includes("0: $(diff) 1 phase differs, 1 phase is new"),
    );
    await clickLens(document, /Text differs/);
    await eventually("the stored text is shown beside it", () =>
      vscode.workspace.textDocuments.some(
        (shown) => shown.uri.scheme === "phase-hopper-stored" && /echo old/.test(shown.getText()),
      ),
    );
    await clickLens(document, /^Update from File$/);
    await eventually("it does not differ any more", async () =>
      (await lensesOf(document)).includes("0: $(diff) 1 phase is new"),
    );
    await clickLens(document, /Add to the Queue/);
    await eventually("it is in the queue", async () =>
      (await lensesOf(document)).some((lens) => /^14: \S+ queued/.test(lens)),
    );
    assert.ok(document.isDirty, "nothing was saved");
    await clickLens(document, /Done/);
    await confirmUntil("everything ran", () => existsSync(file("more.txt")));
    assert.equal(readFileSync(file("written.txt"), "utf8"), "new\n");
  });

  it("begins from a template that has no problem", async () => {
    void vscode.commands.executeCommand(commands.newPlan);
    await confirmUntil("it is open", () =>
      /plan\.md$/.test(vscode.window.activeTextEditor?.document.uri.path ?? ""),
    );
    const document = vscode.window.activeTextEditor?.document;
    assert.ok(document);
    await eventually("it was read", async () =>
      (await lensesOf(document)).includes("0: $(add) Enqueue Phases"),
    );
    assert.deepEqual(problemsOf(document), []);
  });

  it("is told as Markdown", async () => {
    const { document } = await show(
      "told.md",
      "# Told\n\n## Phase 1: Only\n\nRunner: manual\n\nSay when it is time.\n",
    );
    enqueue(document);
    await confirmUntil("it waits", async () =>
      (await lensesOf(document)).some((lens) =>
        lens.startsWith("2: $(person) waiting for a person"),
      ),
    );
    await clickLens(document, /Cancel/);
    await eventually("it was cancelled", async () =>
      (await lensesOf(document)).some((lens) => lens.startsWith("2: $(error) failed")),
    );
    void vscode.commands.executeCommand(commands.copyReport);
    let report = "";
    await confirmUntil("it is in the clipboard", async () => {
      report = await vscode.env.clipboard.readText();
      return report.startsWith("## ");
    });
    assert.match(report, /^## Told\n[^]*\| 1 \| Only \| ❌ failed \|/);
  });
});
