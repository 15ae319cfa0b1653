import assert from "node:assert/strict";
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { silentLogger } from "../../../src/core/base/log";
import { admitQueue, nameDatabase } from "../../../src/core/ownership/admission";
import { identifyFolder } from "../../../src/core/ownership/folderIdentity";
import { KnownDatabases } from "../../../src/core/ownership/knownDatabases";
import { Queue } from "../../../src/core/queue/queue";
import { StoreBench } from "../queue/support/storeBench";
import { OwnershipFixture } from "./ownershipFixture";

describe("A queue", () => {
  let bench: StoreBench;
  let fixture: OwnershipFixture;
  let known: KnownDatabases;

  beforeEach(() => {
    bench = new StoreBench();
    fixture = new OwnershipFixture();
    known = new KnownDatabases(fixture.state);
  });

  afterEach(async () => {
    await bench.remove();
    await fixture.dispose();
  });

  async function openQueue(newDatabaseId: () => string): Promise<Queue> {
    return new Queue(await bench.open({ newDatabaseId }), bench.clock, silentLogger);
  }

  const nameIt = (): string => nameDatabase(known, identifyFolder(fixture.workspace));

  function admit(queue: Queue, { adopt = false, workspace = fixture.workspace } = {}): boolean {
    const hopperFolder = join(workspace, ".hopper");
    const folder = identifyFolder(workspace);
    return admitQueue({ queue, hopperFolder, folder, known, adopt }).isFromElsewhere;
  }

  const listed = (): string[] =>
    readdirSync(fixture.state.databases).map((name) => name.replace(".json", ""));

  it("that was made here is admitted as it is", async () => {
    const queue = await openQueue(nameIt);
    const id = queue.databaseId ?? "";
    assert.deepEqual(listed(), [id], "listed before it was made");
    assert.equal(admit(queue), false);
    assert.equal(queue.databaseId, id);
    assert.equal(queue.pausedReason, undefined);
  });

  it("without an id is not, however empty it is", async () => {
    const queue = await openQueue(() => "");
    assert.deepEqual(queue.plans(), []);
    assert.throws(() => admit(queue), { kind: "foreign" });
    assert.deepEqual(listed(), []);
  });

  it("with an id that is not listed, or that is a path, is not", async () => {
    const queue = await openQueue(() => "44444444-4444-4444-8444-444444444444");
    assert.throws(() => admit(queue), { kind: "foreign" });
    queue.setConfig({ database_id: "../../known" });
    assert.throws(() => admit(queue), { kind: "foreign" });
    assert.deepEqual(listed(), []);
  });

  it("is this user's under a new id once it is adopted", async () => {
    const queue = await openQueue(() => "44444444-4444-4444-8444-444444444444");
    assert.equal(admit(queue, { adopt: true }), true);
    assert.deepEqual(listed(), [queue.databaseId]);
    assert.equal(admit(queue), false);
  });

  it("that is a copy gets an id of its own and is paused", async () => {
    const queue = await openQueue(nameIt);
    const id = queue.databaseId;
    const workspace = join(fixture.root, "copy");
    cpSync(fixture.workspace, workspace, { recursive: true });
    assert.equal(admit(queue, { workspace }), true);
    assert.deepEqual(listed().sort(), [id, queue.databaseId].sort());
    assert.match(queue.pausedReason ?? "", /copied from another folder/);
    assert.equal(admit(queue, { workspace }), false);
  });
});
