import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import type { Assets } from "../../../src/core/base/assets";
import { systemClock } from "../../../src/core/base/clock";
import { currentMachine } from "../../../src/core/ownership/machine";
import { readOwner } from "../../../src/core/ownership/ownerRecord";
import { readQueue } from "../../../src/core/queue/readQueue";
import { quantile } from "../../bench/measure";
import { buildAssets, removeAssets } from "../../unit/queue/support/builtAssets";
import { Dice } from "../../support/dice";
import { eventually } from "../../support/eventually";
import { figure, rounds, seed } from "../support/extent";
import { userIn } from "../../unit/ownership/userIn";

const ends = rounds({ whole: 200, part: 25 });
const heirs = 3;

describe("the succession of owners", function () {
  this.timeout(400_000);
  let root: string;
  let workspace: string;
  let assets: Assets;
  const living = new Set<ChildProcess>();

  before(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "hopper-heirs-")));
    workspace = join(root, "workspace");
    mkdirSync(workspace);
    assets = await buildAssets();
    await build({
      entryPoints: [resolve(__dirname, "heir.ts")],
      outfile: join(root, "heir.js"),
      bundle: true,
      platform: "node",
      format: "cjs",
      logLevel: "error",
    });
  });

  after(() => {
    living.forEach((child) => child.kill("SIGKILL"));
    removeAssets();
    rmSync(root, { recursive: true, force: true });
  });

  it(`has one owner at each instant in ${ends} rounds of kills and clean ends, and loses no commit`, async () => {
    const waiting: ((owner: ChildProcess) => void)[] = [];
    const owners: ChildProcess[] = [];
    /** When each owner that ended cleanly last touched the queue's files, in their order. */
    const lefts: number[] = [];
    const bear = (): void => {
      const given = [join(root, "heir.js"), root, workspace, JSON.stringify(assets)];
      const child = spawn(process.execPath, given, { stdio: ["pipe", "pipe", "inherit"] });
      living.add(child);
      createInterface({ input: child.stdout }).on("line", (line) => {
        const [said, at] = line.split(" ");
        if (said === "left") {
          lefts.push(Number(at));
          return;
        }
        const next = waiting.shift();
        if (next) {
          next(child);
        } else {
          owners.push(child);
        }
      });
    };
    const nextOwner = (): Promise<ChildProcess> =>
      new Promise((resolve) => {
        const said = owners.shift();
        if (said) {
          resolve(said);
        } else {
          waiting.push(resolve);
        }
      });
    for (let count = 0; count < heirs; count++) {
      bear();
    }
    const machine = currentMachine(userIn(root));
    const dice = new Dice(seed);
    const figures = { kills: 0, ends: 0, overlaps: 0, strangers: 0 };
    const waits: number[] = [];
    const takenAfterEnds: number[] = [];
    let endedAt = 0;
    let wasKilled = true;
    for (let round = 0; round < ends; round++) {
      const owner = await nextOwner();
      const verdict = readOwner(join(workspace, ".hopper"), machine);
      const { pid, startedAt } = "owner" in verdict ? verdict.owner : { pid: 0, startedAt: "" };
      // The lock was taken before this time was noted: earlier than the end of the last owner's
      // time is an instant with two. One that ends cleanly says itself when that was.
      const takenAt = Date.parse(startedAt);
      figures.strangers += pid === owner.pid ? 0 : 1;
      figures.overlaps += takenAt < endedAt || owners.length > 0 ? 1 : 0;
      if (!wasKilled) {
        takenAfterEnds.push(takenAt);
      }
      if (round > 0) {
        waits.push(Date.now() - endedAt);
      }
      await new Promise((resolve) => setTimeout(resolve, dice.next() * 20));
      endedAt = Date.now();
      wasKilled = dice.next() < 0.4;
      if (wasKilled) {
        figures.kills += 1;
        owner.kill("SIGKILL");
        living.delete(owner);
        bear();
      } else {
        figures.ends += 1;
        owner.stdin?.write("leave\n");
      }
    }
    await nextOwner();
    const followed = takenAfterEnds.length;
    await eventually("all that ended have said when", () => lefts.length >= followed);
    figures.overlaps += takenAfterEnds.filter((at, end) => at < (lefts[end] ?? 0)).length;
    living.forEach((child) => child.kill("SIGKILL"));
    const view = await readQueue(join(workspace, ".hopper"), { assets, clock: systemClock });
    const commits = view?.queue.events().length ?? 0;
    view?.dispose();
    figure(
      "C2 ownership, succession",
      `${ends} rounds, ${heirs} processes: ${figures.kills} owners killed, ${figures.ends} ended; ` +
        `${figures.overlaps} instants with two owners; ${commits} commits for ${ends + 1} owners; ` +
        `next owner at work after ${quantile(waits, 0.5).toFixed(0)} ms (median), ` +
        `${Math.max(...waits).toFixed(0)} ms (worst)`,
    );
    assert.deepEqual([figures.overlaps, figures.strangers, commits], [0, 0, ends + 1]);
  });
});
