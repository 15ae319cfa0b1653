import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Hopper } from "../../../src/core/hopper";
import { Bed } from "../../support/bed";
import { eventually } from "../../support/eventually";
import { planText } from "../../support/workspace";
import { figure, rounds } from "../support/extent";

/** What agents do to a workspace when they tidy up. */
const tidyings = ["git clean -fdxq", "git stash -uq; git clean -fdXq", "rm -rf .hopper"] as const;

describe("a workspace that is cleaned in the middle of a run", () => {
  const bed = new Bed();
  after(() => bed.remove());

  it("keeps its queue: the files are written anew, and each phase has a known end", async function () {
    const cleanings = rounds({ whole: 51, part: 6 });
    git("init", "-q");
    git("commit", "-q", "--allow-empty", "-m", "empty");
    let hopper = await bed.openHopper();
    let lost = 0;
    for (let round = 0; round < cleanings; round++) {
      // One that meets a file being made in a folder it empties leaves that folder, and says so.
      const tidying = `{ ${tidyings[round % tidyings.length] ?? ""}; } || true`;
      // Phase 2 tidies its own attempt away, too; Phase 4's is tidied away from outside.
      const { planId } = await hopper.enqueue({
        markdown: planText(`Round ${round}`, [
          { sh: `echo $HOPPER_QUEUE_ID >> "${ledger}"` },
          { sh: `${tidying}; echo $HOPPER_QUEUE_ID >> "${ledger}"` },
          { lines: ["Depends on: Phase 1"], sh: `echo $HOPPER_QUEUE_ID >> "${ledger}"` },
          {
            lines: ["Depends on: Phase 3"],
            sh: `echo $HOPPER_QUEUE_ID >> "${ledger}"; echo >"${up}"; sleep 0.05`,
          },
          { lines: ["Depends on: Phase 1"], sh: `echo $HOPPER_QUEUE_ID >> "${ledger}"` },
        ]),
      });
      hopper.run(planId);
      await eventually("Phase 4 runs", () => goesOn(hopper, existsSync(up)));
      execFileSync("sh", ["-c", `rm "${up}"; ${tidying}`], { cwd: bed.workspace });
      const isOver = (): boolean =>
        phases(hopper, planId).every(({ status }) => status === "completed" || status === "failed");
      await eventually("each phase has an end", () => goesOn(hopper, isOver()));
      const ends = phases(hopper, planId).map(({ status, reason }) => reason ?? status);
      assert.ok(
        ends.every((end) => end === "completed" || end === "lost"),
        `${tidying}: ${ends.join()}`,
      );
      lost += ends.filter((end) => end === "lost").length;
      assert.equal(readFileSync(join(bed.workspace, ".hopper", ".gitignore"), "utf8"), "*\n");
      if (round % 5 === 0) {
        const before = JSON.stringify(hopper.queue.phases());
        await hopper.stop();
        hopper = await bed.openHopper();
        assert.equal(JSON.stringify(hopper.queue.phases()), before, `${tidying}: after a restart`);
        assert.deepEqual(hopper.notices, []);
      }
    }
    const all = hopper.queue.phases({ content: false });
    const ran = readFileSync(ledger, "utf8").trimEnd().split("\n");
    assert.equal(all.length, 5 * cleanings);
    assert.equal(new Set(ran).size, ran.length, "a phase ran twice");
    // Of a phase whose attempt was tidied away before its first line, nothing ran.
    const silent = all.filter(({ queue_id }) => !ran.includes(queue_id));
    assert.ok(ran.every((id) => all.some(({ queue_id }) => queue_id === id)));
    assert.deepEqual(
      silent.filter(({ reason }) => reason !== "lost"),
      [],
    );
    figure(
      "A11 store, git clean -fdx, git stash -u, rm -rf .hopper",
      `${2 * cleanings} cleanings in ${all.length} phases; 0 phases lost, 0 run twice, ` +
        `${lost} failed as "lost" because their own files went, ${silent.length} of them before they began`,
    );
  });

  const ledger = join(bed.folder("beside"), "ledger");
  const up = join(bed.folder("beside"), "up");

  function phases(hopper: Hopper, planId: string): ReturnType<Hopper["queue"]["phases"]> {
    return hopper.queue.phases({ planId, content: false });
  }

  /** So many phases that fail for good pause the queue; a person lets it go on. */
  function goesOn(hopper: Hopper, isEnough: boolean): boolean {
    if (hopper.snapshot().pausedReason !== undefined) {
      void hopper.setPaused(false);
    }
    return isEnough;
  }

  function git(...args: readonly string[]): void {
    const who = ["-c", "user.name=Test", "-c", "user.email=test@localhost"];
    execFileSync("git", [...who, ...args], { cwd: bed.workspace });
  }
});
