import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Dice, oneOf } from "../../support/dice";
import { eventually } from "../../support/eventually";
import { planText, until, useWorkspace } from "../../support/workspace";
import { figure, rounds, seed } from "../support/extent";

describe("killing the host in the middle of a phase", () => {
  const workspace = useWorkspace();

  it("loses no output and no exit code", async () => {
    const dice = new Dice(seed);
    const kills = rounds({ whole: 100, part: 4 });
    const kinds = ["silent", "chatty", "ended meanwhile"] as const;
    for (let kill = 0; kill < kills; kill++) {
      const kind = oneOf(dice, kinds) ?? "silent";
      const code = dice.below(100);
      const chat = "i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo line $i; done";
      const name = `plan${kill}.md`;
      const up = `up${kill}`;
      const go = `go${kill}`;
      const over = `over${kill}`;
      const work = kind === "chatty" ? `${chat}; ${until(go)}; ${chat}` : until(go);
      workspace().write(
        name,
        planText(name, [{ sh: `touch ${up}; ${work}; touch ${over}; exit ${code}` }]),
      );
      const { child, ended } = workspace().start(["run", name, "--yes"]);
      await workspace().wrote(up);
      child.kill("SIGKILL");
      await ended;
      if (kind === "ended meanwhile") {
        workspace().write(go, "");
        await workspace().wrote(over);
      }
      const again = workspace().start(["run", name]);
      await eventually("it is back", () => again.output().length > 0);
      workspace().write(go, "");
      await again.ended;
      const phase = await workspace().look((queue) => queue.phases({ content: false }).at(-1));
      assert.ok(phase);
      const when = `${kind}, kill ${kill}, seed ${seed}`;
      assert.equal(phase.attempts, 1, when);
      assert.equal(phase.status, code === 0 ? "completed" : "failed", when);
      if (code > 0) {
        assert.match(phase.error_message ?? "", new RegExp(`code ${code}\\b`), when);
      }
      const log = readFileSync(
        workspace().hopperFile(`attempts/${phase.queue_id}/1/output.log`),
        "utf8",
      );
      const lines = log.split("\n").filter((line) => line.startsWith("line "));
      const said = Array.from({ length: 300 }, (_, index) => `line ${index + 1}`);
      assert.deepEqual(lines, kind === "chatty" ? [...said, ...said] : [], when);
    }
    figure(
      "D6 attempts, host killed in the middle of a phase",
      `${kills} kills; output complete and exit code right in all`,
    );
  });
});
