import assert from "node:assert/strict";
import { type Pending, SnapshotSchedule } from "../../../src/core/queue/snapshotSchedule";
import { FakeClock } from "../../support/fakeClock";

describe("the schedule of snapshots", () => {
  let clock: FakeClock;
  let pending: Pending;
  let databaseBytes: number;
  let made: number;
  let finish: ((succeeded: boolean) => void) | undefined;
  let schedule: SnapshotSchedule;

  beforeEach(() => {
    clock = new FakeClock();
    databaseBytes = 0;
    pending = { commits: 0, bytes: 0, databaseBytes: () => databaseBytes };
    made = 0;
    finish = undefined;
    schedule = new SnapshotSchedule(
      clock,
      () => pending,
      () => {
        made++;
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
    );
  });
  afterEach(() => {
    schedule.dispose();
    assert.equal(clock.pending, 0);
  });

  function commit(commits: number, bytes = 0): void {
    const before = pending;
    pending = { ...before, commits: before.commits + commits, bytes: before.bytes + bytes };
    schedule.committed();
  }

  async function end(succeeded: boolean): Promise<void> {
    if (succeeded) {
      pending = { ...pending, commits: 0, bytes: 0 };
    }
    finish?.(succeeded);
    await schedule.settled();
  }

  it("has one made when nothing was committed for a second", () => {
    commit(1);
    clock.advance(999);
    commit(1);
    clock.advance(999);
    assert.equal(made, 0);
    clock.advance(1);
    assert.equal(made, 1);
  });

  it("has none made for a few commits when that would write a large database anew", () => {
    databaseBytes = 26 * 1024 * 1024;
    commit(1, 400);
    clock.advance(60_000);
    assert.equal(made, 0);
    commit(1, 64 * 1024 - 401);
    clock.advance(60_000);
    assert.equal(made, 0);
    commit(1, 1);
    clock.advance(1000);
    assert.equal(made, 1);
  });

  it("has one made of a small database when the journal is a sixteenth of it", () => {
    databaseBytes = 160_000;
    commit(1, 9_999);
    clock.advance(60_000);
    assert.equal(made, 0);
    commit(1, 1);
    clock.advance(1000);
    assert.equal(made, 1);
  });

  it("tries one again that failed, however little it is about", async () => {
    databaseBytes = 26 * 1024 * 1024;
    commit(1, 400);
    const now = schedule.now();
    await end(false);
    await now;
    clock.advance(1000);
    assert.equal(made, 2);
  });

  it("has one made at once at a thousand commits or a megabyte", async () => {
    commit(999, 1024 * 1024 - 1);
    assert.equal(made, 0);
    commit(1);
    assert.equal(made, 1);
    await end(true);
    commit(1, 1024 * 1024);
    assert.equal(made, 2);
  });

  it("has one made at a time, and another for what was committed meanwhile", async () => {
    commit(1000);
    commit(1000);
    clock.advance(5000);
    assert.equal(made, 1);
    finish?.(true);
    await schedule.settled();
    assert.equal(made, 2);
  });

  it("waits longer and longer after failures, whatever is committed meanwhile", async () => {
    commit(1000);
    for (const wait of [1000, 2000, 4000, 8000]) {
      const before = made;
      await end(false);
      clock.advance(wait / 2);
      commit(1000, 1024 * 1024);
      clock.advance(wait / 2 - 1);
      assert.equal(made, before, `${wait} ms`);
      clock.advance(1);
      assert.equal(made, before + 1, `${wait} ms`);
    }
    await end(true);
    commit(1000);
    assert.equal(made, 6);
  });

  it("tries a failing one every five minutes at least", async () => {
    commit(1);
    clock.advance(1000);
    for (let count = 0; count < 20; count++) {
      await end(false);
      clock.advance(5 * 60 * 1000);
      assert.equal(made, count + 2);
    }
  });

  it("has nothing made of nothing, and nothing after it was disposed", async () => {
    schedule.committed();
    clock.advance(5000);
    assert.equal(made, 0);
    commit(1);
    schedule.dispose();
    clock.advance(5000);
    assert.equal(made, 0);
    const now = schedule.now();
    await end(false);
    await now;
    clock.advance(5000);
    assert.equal(made, 1);
  });
});
