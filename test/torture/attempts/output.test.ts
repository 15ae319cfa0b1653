import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Bed } from "../../support/bed";
import { eventually } from "../../support/eventually";
import { planText } from "../../support/workspace";
import { figure, isWhole } from "../support/extent";

const pieces = isWhole ? 16 : 4;
const megabytes = pieces * 64;

/** What floods a log, and what must not trip whoever reads it. */
const outputs: Readonly<Record<string, string>> = {
  "a flood of lines": `i=0; while [ $i -lt ${pieces} ]; do i=$((i+1)); yes 0123456789abcdef | head -c 64M; sleep 1.5; done`,
  "one line of 10 MB": "head -c 10M /dev/zero | tr '\\0' x",
  "no line feed at the end": "printf 'no end'",
  "invalid UTF-8, NUL and escape sequences":
    "printf '\\377\\376\\0\\033[2J\\033]0;title\\007'; head -c 1M /dev/urandom",
  "closed stdin": "cat; echo read nothing",
  "a broken pipe": "yes | head -1; yes | true",
};

describe("a phase's output", () => {
  const bed = new Bed();
  after(() => bed.remove());

  it("of any size and content fills neither disk nor memory, nor stops the host", async () => {
    const hopper = await bed.openHopper();
    const delays = monitorEventLoopDelay({ resolution: 5 });
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 50);
    delays.enable();
    let largest = 0;
    try {
      for (const [name, source] of Object.entries(outputs)) {
        const { planId } = await hopper.enqueue({ markdown: planText(name, [{ sh: source }]) });
        hopper.run();
        await eventually(`${name} has ended`, () => {
          return hopper.queue.phases({ planId })[0]?.status === "completed";
        });
        const [phase] = hopper.queue.phases({ planId });
        const folder = hopper.attemptFolder(phase?.queue_id ?? "", 1);
        const { size, blocks } = statSync(join(folder, "output.log"));
        largest = Math.max(largest, blocks * 512);
        assert.ok(size > 0 || name === "a broken pipe", name);
      }
    } finally {
      clearInterval(watch);
      delays.disable();
    }
    const megabyte = 1024 * 1024;
    assert.ok(largest < 200 * megabyte, `a log took ${largest} bytes of the disk`);
    assert.ok(most - before < 200 * megabyte, `the host grew by ${most - before} bytes`);
    figure(
      "D7 attempts, floods of output",
      `${Object.keys(outputs).length} kinds, ${megabytes} MB at most; the host grew by ` +
        `${((most - before) / megabyte).toFixed(0)} MB, its event loop waited ` +
        `${(delays.max / 1e6).toFixed(0)} ms at most, the largest log took ` +
        `${(largest / megabyte).toFixed(0)} MB of the disk`,
    );
  });
});
