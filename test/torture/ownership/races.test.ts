import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { systemClock } from "../../../src/core/base/clock";
import { Dice } from "../../support/dice";
import { owned, OwnershipFixture } from "../../unit/ownership/ownershipFixture";
import { type Bundle, bundle } from "../support/bundle";
import { figure, rounds, seed } from "../support/extent";

const racers = 8;
const hour = 3_600_000;

/** A process that tries to become the owner whenever it is told to. */
class Racer {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  constructor(program: Bundle, { root, hopperFolder }: OwnershipFixture) {
    const child = spawn(process.execPath, [program.file, root, hopperFolder], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.child = child;
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    const next = await this.lines.next();
    return next.done === true ? "" : next.value;
  }

  async try(): Promise<boolean> {
    this.child.stdin?.write("try\n");
    const said = await this.line();
    assert.match(said, /^(?:owner|refused) /);
    return said.startsWith("owner");
  }

  async end(how: "killed" | "stopped"): Promise<void> {
    const closed = once(this.child, "close");
    if (how === "killed") {
      this.child.kill("SIGKILL");
    } else {
      this.child.stdin?.write("stop\n");
    }
    await closed;
  }
}

describe("several who want to own a queue", () => {
  let program: Bundle;
  let fixture: OwnershipFixture;
  let living: Set<Racer>;

  before(async () => {
    program = await bundle(resolve(join(__dirname, "../../unit/ownership/contender.ts")));
  });
  after(() => program.remove());
  beforeEach(() => {
    fixture = new OwnershipFixture();
    living = new Set();
  });
  afterEach(async () => {
    await Promise.all([...living].map((racer) => racer.end("killed")));
    await fixture.dispose();
  });

  async function bear(): Promise<Racer> {
    const racer = new Racer(program, fixture);
    living.add(racer);
    assert.equal(await racer.line(), "ready");
    return racer;
  }

  async function end(racer: Racer, how: "killed" | "stopped"): Promise<void> {
    living.delete(racer);
    await racer.end(how);
  }

  it("at the same time: one of them does, in every round", async () => {
    const dice = new Dice(seed);
    const times = rounds({ whole: 200, part: 8 });
    const all = await Promise.all(Array.from({ length: racers }, bear));
    const ends = { killed: 0, stopped: 0 };
    for (let round = 0; round < times; round++) {
      const won = await Promise.all(all.map((racer) => racer.try()));
      assert.equal(won.filter(Boolean).length, 1, `round ${round}, seed ${seed}`);
      const winner = won.indexOf(true);
      const how = dice.below(2) === 0 ? "killed" : "stopped";
      ends[how]++;
      const racer = all[winner];
      assert.ok(racer);
      await end(racer, how);
      all[winner] = await bear();
    }
    figure(
      "C1 ownership, races",
      `${times} rounds of ${racers} processes, the winner killed ${ends.killed} and stopped ` +
        `${ends.stopped} times; one owner in each`,
    );
  });

  it("while clocks jump: a living owner keeps it, a dead one never does", async () => {
    const dice = new Dice(seed);
    const times = rounds({ whole: 100, part: 5 });
    let refused = 0;
    for (let round = 0; round < times; round++) {
      const jump = (): number => (dice.below(2 * 87_600) - 87_600) * hour;
      const clock = { ...systemClock, now: () => Date.now() + jump() };
      const owner = await bear();
      assert.ok(await owner.try());
      for (let attempt = 0; attempt < 5; attempt++) {
        await assert.rejects(fixture.take({ clock }), owned(/owned by process \d+/));
        refused++;
      }
      await end(owner, "killed");
      const ownership = await fixture.take({ clock });
      const late = await bear();
      assert.equal(await late.try(), false, "it was taken from an owner whose clock jumped");
      refused++;
      await end(late, "killed");
      ownership.dispose();
    }
    figure(
      "C6 ownership, clocks that jump",
      `${times} owners followed by one whose clock jumps by up to 10 years; ${refused} of ${times * 6} ` +
        `attempts on a living owner refused`,
    );
  });
});
