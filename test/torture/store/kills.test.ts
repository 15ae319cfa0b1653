import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import type { SqlDatabase } from "../../../src/core/queue/sqlDatabase";
import { builtAssets } from "../../support/assets";
import { Dice } from "../../support/dice";
import { StoreBench } from "../../unit/queue/support/storeBench";
import { type Bundle, bundle } from "../support/bundle";
import { figure, rounds, seed } from "../support/extent";
import { isRing, lastNumber } from "./slots";

describe("a process killed while it commits and makes snapshots", () => {
  let committer: Bundle;

  before(async () => {
    committer = await bundle(join(__dirname, "committer.ts"));
  });
  after(() => committer.remove());

  for (const { size, slots } of [
    { size: "1 MB", slots: 256 },
    { size: "4 MB", slots: 1024 },
  ]) {
    it(`loses nothing that it acknowledged, with a database of ${size}`, async () => {
      const dice = new Dice(seed + slots);
      const bench = new StoreBench(builtAssets);
      const kills = rounds({ whole: 250, part: 6 });
      let acknowledged = 0;
      let generations = 0;
      try {
        for (let kill = 1; kill <= kills; kill++) {
          const said = await runUntilKilled(
            bench.workspace,
            slots,
            dice.below(70),
            dice.next() * 60,
          );
          acknowledged = Math.max(acknowledged, ...said);
          const when = `kill ${kill}, seed ${seed}`;
          const look = (database: SqlDatabase): void => {
            const last = lastNumber(database);
            assert.ok(
              last === acknowledged || last === acknowledged + 1,
              `${when}: found ${last} after ${acknowledged} was acknowledged`,
            );
            assert.ok(isRing(database, slots, last), `${when}: something before ${last} is wrong`);
            acknowledged = last;
          };
          // Mostly it is the next process to be killed that meets what this one left.
          if (kill % 5 > 0) {
            await bench.replayed(look);
            continue;
          }
          await bench.reopen((store) => {
            look(store.database);
            const others = store.notices.filter((notice) => !notice.includes("unfinished change"));
            assert.deepEqual(others, [], when);
            assert.ok(!bench.names().some((name) => /\.(tmp|corrupt)/.test(name)), when);
            generations = store.generation;
          });
        }
      } finally {
        await bench.remove();
      }
      assert.ok(acknowledged > kills, "it came to commit something between the kills");
      figure(
        `A3 store, SIGKILL, ${size}`,
        `${kills} kills, ${acknowledged} commits, ${generations} generations; 0 lost, 0 unreadable`,
      );
    });
  }

  /**
   * Lets it commit so often, and go on for so long; the snapshots that this takes are made by then, on
   * a slow machine too. Answers the numbers that were acknowledged before it died.
   */
  async function runUntilKilled(
    workspace: string,
    slots: number,
    commits: number,
    milliseconds: number,
  ): Promise<number[]> {
    const { file } = committer;
    const child = spawn(
      process.execPath,
      [file, workspace, resolve("dist"), String(slots), "4000"],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    let said = "";
    const closed = new Promise((done) => child.on("close", done));
    await new Promise<void>((done) => {
      void closed.then(() => done());
      child.stdout.setEncoding("utf8").on("data", (data: string) => {
        said += data;
        if (said.split("\n").length > commits) {
          done();
        }
      });
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
    await closed;
    clearTimeout(timer);
    assert.equal(child.signalCode, "SIGKILL", "it ended on its own");
    // A number cut off by the kill is the one in flight.
    return said
      .split("\n")
      .slice(0, -1)
      .filter((line) => line !== "open")
      .map(Number);
  }
});
