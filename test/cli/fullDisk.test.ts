import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answer, errorAnswer } from "../support/answers";
import { eventually } from "../support/eventually";
import { planText, useWorkspace } from "../support/workspace";
import { type Mount, mountSmallDisk } from "../torture/store/mounts";

/** Whether a disk can be made full here without harm to anything else. */
const probe = mountSmallDisk(1);
if (typeof probe === "string") {
  console.log(`  a full disk: not tried: ${probe}`);
} else {
  probe.unmount();
  describe("a full disk", () => {
    const workspace = useWorkspace();
    let disk: Mount;
    let folder: string;

    beforeEach(() => {
      const mounted = mountSmallDisk(3);
      assert(typeof mounted !== "string", "what could be mounted a moment ago can be again");
      disk = mounted;
      folder = join(disk.folder, "workspace");
      mkdirSync(folder);
    });
    // After the workspace's own hook: whoever lives there keeps the disk busy.
    afterEach(() => disk.unmount());

    /** Outside of the disk, so that the phases themselves have room. */
    const outside = (name: string): string => workspace().outside(name);

    function writePlan(firstBlock: string): void {
      const phases = [{ sh: firstBlock }, { sh: `echo 2 >> ${outside("ledger")}` }];
      writeFileSync(join(folder, "plan.md"), planText("Tight", phases));
    }

    /** Takes all the space there is, the last byte too, also what is given back meanwhile. */
    function fill(): void {
      const piece = Buffer.alloc(1024 * 1024);
      assert.throws(
        () => {
          for (;;) {
            appendFileSync(join(disk.folder, "filler"), piece);
          }
        },
        { code: "ENOSPC" },
      );
    }

    const free = (): void => rmSync(join(disk.folder, "filler"));

    it("is said by every command that would change something, and nothing is changed", async () => {
      writePlan(`echo 1 >> ${outside("ledger")}`);
      await workspace().expect(0, ["enqueue", "plan.md", "--yes"], { folder });
      fill();
      for (const args of [["pause"], ["skip", "1.1"], ["remove", "1"], ["start", "1.1"], ["run"]]) {
        const { stderr } = await workspace().expect(1, args, { folder });
        assert.match(stderr, /^error: \/\S+ cannot be written: the disk is full\n$/);
      }
      const { stdout } = await workspace().expect(1, ["pause", "--json"], { folder });
      assert.equal(answer(errorAnswer, stdout).error.kind, "storage");
      assert.deepEqual(await workspace().statuses({ folder }), ["ready", "queued"]);
      free();
      await workspace().expect(0, ["run"], { folder });
      assert.equal(workspace().read("../ledger"), "1\n2\n");
    });

    it("keeps how a phase ended until there is space, and runs nothing twice", async () => {
      writePlan(
        `echo 1 >> ${outside("ledger")}; until [ -e ${outside("go")} ]; do sleep 0.02; done; ` +
          `touch ${outside("ended")}`,
      );
      const run = workspace().start(["run", "plan.md", "--yes"], { folder });
      await eventually("the first phase runs", () => existsSync(outside("ledger")));
      fill();
      writeFileSync(outside("go"), "");
      await eventually("the first phase is at its end", () => existsSync(outside("ended")));
      free();
      const { code, stderr } = await run.ended;
      assert.equal(code, 0, stderr);
      assert.deepEqual(await workspace().statuses({ folder }), ["completed", "completed"]);
      assert.equal(workspace().read("../ledger"), "1\n2\n");
    });
  });
}
