import assert from "node:assert/strict";
import { planText, until, useWorkspace } from "../support/workspace";

describe("a plan whose file has changed", () => {
  const workspace = useWorkspace();

  const first = planText("First", [
    { sh: "echo old1 >> ledger" },
    { sh: "echo old2 >> ledger; test -e ok" },
  ]);
  const second = planText("Second", [{ sh: "echo new1 >> ledger" }, { sh: "echo new2 >> ledger" }]);

  beforeEach(async () => {
    workspace().write("plan.md", first);
    await workspace().expect(1, ["run", "plan.md", "--yes"]);
    workspace().write("plan.md", second);
  });

  it("is not gone on with by itself: --keep or --replace decide", async () => {
    const { stderr } = await workspace().expect(2, ["run", "plan.md"]);
    assert.match(stderr, /^error: plan\.md has changed .* Plan 1: --keep .* --replace .*\n$/);
    assert.equal(workspace().read("ledger"), "old1\nold2\n");
  });

  it("--keep goes on with the stored text", async () => {
    await workspace().expect(0, ["retry", "1.2"]);
    workspace().write("ok", "");
    const { stderr } = await workspace().expect(0, ["run", "plan.md", "--keep"]);
    assert.match(stderr, /has changed .*the stored text is kept/);
    assert.equal(workspace().read("ledger"), "old1\nold2\nold2\n");
  });

  it("is gone on with as it is stored, and options that come too late are said", async () => {
    const late = ["--title", "New", "--priority", "high", "--parent-issue", "7"];
    const { stderr } = await workspace().expect(1, ["run", "plan.md", "--keep", ...late]);
    assert.match(
      stderr,
      /^warning: Plan 1 is enqueued already .*--title, --priority, --parent-issue change nothing; --replace /m,
    );
  });

  it("--replace removes the unfinished plan and enqueues the file anew", async () => {
    await workspace().expect(0, ["run", "plan.md", "--replace", "--yes"]);
    assert.equal(workspace().read("ledger"), "old1\nold2\nnew1\nnew2\n");
    assert.deepEqual(
      (await workspace().phases()).map(({ plan_number }) => plan_number),
      [2, 2],
    );
  });

  it("--replace is refused while one of its phases runs", async () => {
    workspace().write("plan.md", planText("Running", [{ sh: `touch up; ${until("go")}` }]));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes", "--replace"]);
    await workspace().expect(0, ["start", "2.1"]);
    workspace().write("plan.md", second);
    const { stderr } = await workspace().expect(1, ["run", "plan.md", "--replace", "--yes"]);
    assert.match(stderr, /^error: Phase 1 .*running: cancel it first/);
    workspace().write("go", "");
    await workspace().expect(0, ["run", "plan.md", "--keep"]);
  });

  it("update gives the phases that wait or failed the new text, and no other", async () => {
    const third = planText("Third", [
      { sh: "echo new1 >> ledger" },
      { sh: "echo new2 >> ledger" },
      { sh: "echo new3 >> ledger" },
    ]);
    workspace().write("plan.md", third);
    const { stdout } = await workspace().expect(0, ["update", "1"]);
    assert.match(
      stdout,
      /Phase 2 was updated; its title and context are .*\. Phase 3 is new in the file: --add puts it/,
    );
    assert.equal((await workspace().phases()).length, 2);
    await workspace().expect(0, ["update", "1", "--add"]);
    await workspace().expect(0, ["retry", "1.2"]);
    await workspace().expect(0, ["run"]);
    assert.equal(workspace().read("ledger"), "old1\nold2\nnew2\nnew3\n");
    const again = await workspace().expect(0, ["update", "1"]);
    assert.match(again.stdout, /No stored text differs/);
  });

  it("is asked about on a terminal", async () => {
    const left = workspace().onTerminal(["run", "plan.md"]);
    await left.shows("has changed since it was enqueued as Plan 1 (1 completed, 1 failed)");
    left.press("l\r");
    assert.equal(await left.ended, 130);
    assert.equal(workspace().read("ledger"), "old1\nold2\n");

    const replaced = workspace().onTerminal(["run", "plan.md"]);
    await replaced.shows("[k]eep");
    replaced.press("r\r");
    await replaced.shows("Run these blocks with the shell?");
    replaced.press("yes\r");
    assert.equal(await replaced.ended, 0);
    assert.equal(workspace().read("ledger"), "old1\nold2\nnew1\nnew2\n");
  });

  it("enqueue refuses an unfinished plan and names the ways on", async () => {
    const { stderr } = await workspace().expect(1, ["enqueue", "plan.md", "--yes"]);
    assert.match(stderr, /unfinished already, as Plan 1: .*--replace .*--again/);
    await workspace().expect(0, ["enqueue", "plan.md", "--yes", "--again"]);
    assert.equal((await workspace().phases()).length, 4);
  });
});
