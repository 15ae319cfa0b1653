import assert from "node:assert/strict";
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HopperError } from "../../../src/core/base/errors";
import type { Hopper } from "../../../src/core/hopper";
import { Bed } from "../../support/bed";
import { eventually } from "../../support/eventually";
import { figure, rounds } from "../support/extent";
import { type Mount, mountSmallDisk } from "./mounts";

const plan = "## Phase 1: One\n\n```sh\ntrue\n```\n\n## Phase 2: Two\n\n```sh\ntrue\n```\n";
/** What does not fit into the rest of a block, nor into what was given back since. */
const large = `${"Much to say. ".repeat(4000)}\n\n${plan}`;

describe("a real disk", () => {
  let bed: Bed;
  let disk: Mount | string;

  beforeEach(() => {
    bed = new Bed();
    disk = mountSmallDisk(3);
  });
  afterEach(async () => {
    if (typeof disk !== "string") {
      disk.remount("rw");
      rmSync(join(disk.folder, "filler"), { force: true });
    }
    await bed.remove();
    if (typeof disk !== "string") {
      disk.unmount();
    }
  });

  it("that is full pauses with the reason, loses nothing, and lets work go on when there is space", async () => {
    const times = rounds({ whole: 20, part: 3 });
    const said = await repeatedly(times, {
      refuse: (folder) => fill(join(folder, "filler")),
      allow: (folder) => rmSync(join(folder, "filler")),
    });
    figure("A8 store, full disk (tmpfs of 3 MB)", said);
  });

  it("that is read-only is refused when the queue is opened, and harms nothing", async () => {
    if (typeof disk === "string") {
      figure("A8 store, read-only disk", `not tried: ${disk}`);
      return;
    }
    const times = rounds({ whole: 20, part: 3 });
    const workspace = join(disk.folder, "workspace");
    mkdirSync(workspace);
    for (let time = 1; time <= times; time++) {
      const hopper = await bed.openHopper({ workspace });
      assert.deepEqual(hopper.notices, []);
      assert.equal(hopper.queue.phases({ content: false }).length, 2 * (time - 1));
      const { planId } = await enqueue(hopper);
      await hopper.stop();
      disk.remount("ro");
      await assert.rejects(bed.openHopper({ workspace }), isRefusal);
      disk.remount("rw");
      const again = await bed.openHopper({ workspace });
      again.run();
      await eventually("work has gone on", () => {
        return statuses(again, planId) === "completed completed";
      });
      await again.stop();
    }
    figure("A8 store, read-only disk (tmpfs remounted)", `${times} times; 0 phases lost`);
  });

  async function repeatedly(
    times: number,
    { refuse, allow }: Record<"refuse" | "allow", (folder: string) => void>,
  ): Promise<string> {
    if (typeof disk === "string") {
      return `not tried: ${disk}`;
    }
    const workspace = join(disk.folder, "workspace");
    mkdirSync(workspace);
    let hopper = await bed.openHopper({ workspace });
    for (let time = 1; time <= times; time++) {
      hopper.stopStarting();
      const { planId } = await enqueue(hopper);
      refuse(disk.folder);
      hopper.run();
      const waiting = await eventually("the refusal is said", () => {
        const { kind, text } = hopper.waiting();
        return kind === "trouble" && text;
      });
      assert.match(waiting, /the disk is full|read-only/);
      await assert.rejects(enqueue(hopper, large), isRefusal);
      assert.equal(statuses(hopper, planId), "ready queued", "memory is as it was");
      allow(disk.folder);
      await eventually("work has gone on", () => {
        return statuses(hopper, planId) === "completed completed";
      });
      if (time % 3 === 0) {
        await hopper.stop();
        hopper = await bed.openHopper({ workspace });
        assert.deepEqual(hopper.notices, []);
      }
    }
    const all = hopper.queue.phases({ content: false });
    assert.equal(all.length, 2 * times);
    assert.deepEqual([...new Set(all.map(({ attempts }) => attempts))], [1]);
    await hopper.stop();
    return `${times} times; 0 phases lost, 0 run twice, all went on`;
  }

  async function enqueue(hopper: Hopper, markdown = plan): Promise<{ planId: string }> {
    return hopper.enqueue({ markdown, title: "Two" });
  }
});

function isRefusal(error: unknown): boolean {
  return error instanceof HopperError && error.kind === "storage";
}

function statuses(hopper: Hopper, planId: string): string {
  return hopper.queue
    .phases({ planId, content: false })
    .map(({ status }) => status)
    .join(" ");
}

/** Takes all the space there is, the last byte too. */
function fill(path: string): void {
  const { bavail, bsize } = statfsSync(join(path, ".."));
  try {
    writeFileSync(path, Buffer.alloc(bavail * bsize + 1));
  } catch {
    // Full it is.
  }
}
