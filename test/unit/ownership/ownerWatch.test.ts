import assert from "node:assert/strict";
import { silentLogger } from "../../../src/core/base/log";
import { OwnerWatch } from "../../../src/core/ownership/ownerWatch";
import { FakeClock } from "../../support/fakeClock";
import { OwnershipFixture } from "./ownershipFixture";

describe("A follower that waits for its owner's end", () => {
  let fixture: OwnershipFixture;
  let clock: FakeClock;
  let ends: number;

  beforeEach(() => {
    fixture = new OwnershipFixture();
    clock = new FakeClock();
    ends = 0;
  });

  afterEach(() => fixture.dispose());

  function watch(yields: boolean): OwnerWatch {
    const { workspace, state, machine } = fixture;
    const common = { workspace, state, machine, clock, logger: silentLogger };
    const made = new OwnerWatch({ ...common, yields: () => yields });
    made.onDidEnd(() => (ends += 1));
    clock.advance(0);
    return made;
  }

  async function ownerThatDies(): Promise<() => Promise<void>> {
    const owner = fixture.contender();
    await owner.line();
    owner.say("try");
    await owner.line();
    return () => owner.kill();
  }

  it("is told at its next look", async () => {
    const kill = await ownerThatDies();
    const watching = watch(false);
    await kill();
    assert.equal(ends, 0);
    clock.advance(1_500);
    assert.equal(ends, 1);
    watching.dispose();
  });

  it("lets others go first where it would start nothing, and follows who came", async () => {
    const kill = await ownerThatDies();
    const watching = watch(true);
    await kill();
    clock.advance(20);
    assert.equal(ends, 0, "the others' moment");
    const heir = await fixture.take();
    clock.advance(1_000);
    assert.equal(ends, 0, "somebody came");
    heir.dispose();
    clock.advance(100);
    assert.equal(ends, 0, "the others' moment again");
    clock.advance(1_000);
    assert.equal(ends, 1, "nobody came");
    watching.dispose();
  });
});
