import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import * as vscode from "vscode";
import { confirmUntil, enqueue, eventually, file, lensesOf, show } from "./support";

const plan = (name: string): string =>
  `# ${name}\n\n## Phase 1: Only\n\n\`\`\`sh\ntouch ${name}.ran\n\`\`\`\n`;

async function setAutoStart(value: boolean | undefined): Promise<void> {
  await vscode.workspace
    .getConfiguration("phaseHopper")
    .update("autoStart", value, vscode.ConfigurationTarget.Workspace);
}

/** Enqueues a plan of one phase that leaves a file, and waits until it is stored. */
async function enqueued(name: string): Promise<void> {
  const { document } = await show(`${name}.md`, plan(name));
  enqueue(document);
  await confirmUntil(`${name} is stored`, async () =>
    (await lensesOf(document)).some((lens) => /ready|completed/i.test(lens)),
  );
}

describe("settings in VS Code", () => {
  after(() => setAutoStart(undefined));

  it("decide at once whether ready phases start by themselves", async () => {
    await enqueued("loud");
    await eventually("it started by itself", () => existsSync(file("loud.ran")));
    await setAutoStart(false);
    await enqueued("quiet");
    // Had the first been started by itself, then before the second was stored.
    await enqueued("quieter");
    assert.equal(existsSync(file("quiet.ran")), false);
    await setAutoStart(true);
    await eventually("both start now", () =>
      ["quiet.ran", "quieter.ran"].every((name) => existsSync(file(name))),
    );
  });
});
