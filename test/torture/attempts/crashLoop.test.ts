import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Bed } from "../../support/bed";
import { eventually } from "../../support/eventually";
import { planText } from "../../support/workspace";
import { type Bundle, bundle } from "../support/bundle";
import { figure, rounds } from "../support/extent";

describe("a host that is activated, and killed, again and again", () => {
  let host: Bundle;
  before(async () => {
    host = await bundle(join(__dirname, "automaticHost.ts"));
  });
  after(() => host.remove());

  it("comes up paused at its third start after a crash, and starts nothing", async () => {
    const times = rounds({ whole: 15, part: 2 });
    for (let time = 0; time < times; time++) {
      const bed = new Bed();
      const hopper = await bed.openHopper();
      const phases = Array.from({ length: 8 }, () => ({ sh: "echo $HOPPER_QUEUE_ID >> ledger" }));
      const up = { sh: "touch up; sleep 0.1" };
      await hopper.enqueue({
        markdown: planText("Crashing", [...phases.slice(0, 1), up, ...phases]),
      });
      await hopper.stop();
      const said: string[] = [];
      for (let start = 0; start < 5; start++) {
        said.push(await startAndKill(bed));
      }
      // The first start follows a clean stop; the three after it a crash.
      assert.deepEqual(said.slice(0, 3), ["goes on", "goes on", "goes on"]);
      assert.match(said[3] ?? "", /^paused: the last 3 starts/);
      assert.match(said[4] ?? "", /^paused: the last 3 starts/);
      await bed.remove();
    }
    figure(
      "D10 attempts, crash loops",
      `${times} loops; paused at the third crash in all, 0 phases started after that`,
    );
  });

  async function startAndKill(bed: Bed): Promise<string> {
    // Wrappers outlive the host, so what they do tells nothing of it; an attempt's folder is the host's.
    const root = join(bed.workspace, ".hopper/attempts");
    const within = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
    const attempts = (): string[] =>
      within(root).flatMap((id) => within(join(root, id)).map((number) => `${id}/${number}`));
    const before = attempts();
    const child = spawn(process.execPath, [host.file, bed.workspace, bed.root, resolve("dist")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (data: string) => (said += data));
    const closed = new Promise((done) => child.on("close", done));
    await eventually("it has opened the queue", () => said.endsWith("\n"));
    if (said.startsWith("paused")) {
      await new Promise((done) => setTimeout(done, 200));
      const begun = attempts().filter((attempt) => !before.includes(attempt));
      assert.deepEqual(begun, [], "a paused queue started something");
    }
    child.kill("SIGKILL");
    await closed;
    return said.trim();
  }
});
