import assert from "node:assert/strict";
import { eventually } from "../support/eventually";
import { planText, until, useWorkspace } from "../support/workspace";

describe("killing the host", () => {
  const workspace = useWorkspace();

  it("in the middle of a phase: the next run takes the same attempt up", async () => {
    workspace().write(
      "plan.md",
      planText("Killed", [
        { sh: `echo 1 >> ledger; touch up; ${until("go")}` },
        { sh: "echo 2 >> ledger" },
      ]),
    );
    const { child, ended } = workspace().start(["run", "plan.md", "--yes"]);
    await workspace().wrote("up");
    child.kill("SIGKILL");
    await ended;
    const again = workspace().start(["run", "plan.md"]);
    await eventually("it has taken the phase up", () => again.output().includes("1 running"));
    workspace().write("go", "");
    const { code, stderr } = await again.ended;
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(workspace().read("ledger"), "1\n2\n");
    assert.deepEqual(
      (await workspace().phases()).map(({ attempts }) => attempts),
      [1, 1],
    );
  });
});
