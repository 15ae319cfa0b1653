import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AttemptItem, PhaseData } from "../../../../src/core/protocol/queue";
import { stepsAhead, stepsRun } from "../../../../src/vscode/card/cardSteps";

const attempt: AttemptItem = {
  attempt_id: "a",
  queue_id: "q",
  attempt_number: 1,
  runner: "shell",
  command: ["/bin/sh", "-e", "1.sh"],
  state: "ended",
  started_at: "2026-03-01T10:00:00.000Z",
};

const block = { language: "sh", source: "make all\n", startLine: 3, endLine: 5 } as const;

const data: PhaseData = {
  title: "Build",
  content: "",
  instructions: "",
  externalDocs: [],
  blocks: [block],
  verify: [{ ...block, source: "test -e 'out put'\n" }],
  properties: {},
};

describe("the steps of a phase", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hopper-steps-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function record(steps: readonly object[]): void {
    const spec = {
      version: 1,
      attemptId: "a",
      queueId: "q",
      attemptNumber: 1,
      bootId: "b",
      createdAt: "2026-03-01T10:00:00.000Z",
      runner: "shell",
      kind: "shell",
      workspace: "/w",
      environment: {},
      passEnv: [],
      steps,
    };
    writeFileSync(join(folder, "spec.json"), JSON.stringify(spec));
  }

  it("are what the attempt's folder recorded, each with the text that was run", () => {
    const [first, second] = [join(folder, "1.sh"), join(folder, "verify-1.sh")];
    writeFileSync(first, "make all\n\u001b[31mecho red\n");
    writeFileSync(second, "test -e out\n");
    record([
      { kind: "block", argv: ["/bin/sh", "-e", first] },
      { kind: "command", argv: ["/bin/agent", "--say", "it's done"] },
      { kind: "verify", argv: ["/bin/sh", "-e", second] },
    ]);
    assert.deepEqual(stepsRun(attempt, folder), [
      {
        kind: "block",
        command: `/bin/sh -e ${first}`,
        source: ["make all", "echo red"],
      },
      { kind: "command", command: String.raw`/bin/agent --say 'it'\''s done'` },
      { kind: "verify", command: `/bin/sh -e ${second}`, source: ["test -e out"] },
    ]);
  });

  it("show no file but one that was written into the attempt's own folder", () => {
    const other = join(folder, "below", "secret.sh");
    mkdirSync(join(folder, "below"));
    writeFileSync(other, "secret");
    record([{ kind: "block", argv: ["/bin/sh", other] }]);
    assert.deepEqual(stepsRun(attempt, folder), [{ kind: "block", command: `/bin/sh ${other}` }]);
  });

  it("are what the queue knows of the attempt where its folder is gone", () => {
    assert.deepEqual(stepsRun(attempt, join(folder, "gone")), [
      { kind: "command", command: "/bin/sh -e 1.sh" },
    ]);
    assert.deepEqual(stepsRun({ ...attempt, command: [] }, join(folder, "gone")), []);
  });

  it("are, before the first attempt, those that will be run", () => {
    const verify = { kind: "verify", command: "sh", source: ["test -e 'out put'"] };
    assert.deepEqual(stepsAhead(data, { kind: "shell" }), [
      { kind: "block", command: "sh", source: ["make all"] },
      verify,
    ]);
    const argv = ["agent", "{promptFile}"];
    assert.deepEqual(stepsAhead(data, { kind: "command", argv, prompt: "file" }), [
      { kind: "command", command: "agent {promptFile}" },
      verify,
    ]);
    assert.deepEqual(stepsAhead(data, { kind: "manual" }), [verify]);
    assert.deepEqual(stepsAhead(data, undefined), [verify]);
  });
});
