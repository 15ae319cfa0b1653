import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readOwner, workspaceOf } from "../../../src/core/ownership/ownerRecord";
import { until } from "../api/until";
import { owned, OwnershipFixture } from "./ownershipFixture";

describe("The ownership of a workspace that another process seems to have", () => {
  let fixture: OwnershipFixture;

  beforeEach(() => {
    fixture = new OwnershipFixture();
  });

  afterEach(() => fixture.dispose());

  it("is kept by a process that is stopped, until a person takes over, which ends it", async () => {
    const stopped = fixture.contender();
    await stopped.line();
    stopped.say("try");
    await stopped.line();
    process.kill(stopped.pid, "SIGSTOP");
    await until(() => readOwner(fixture.hopperFolder, fixture.machine).state === "notAnswering");
    await assert.rejects(
      fixture.take(),
      owned(new RegExp(`process ${stopped.pid} \\(VS Code\\).*is stopped.*kill -CONT`)),
    );
    assert.equal(stopped.child.exitCode, null);
    const ownership = await fixture.take({ takeOver: true });
    await stopped.end();
    assert.equal(stopped.child.signalCode, "SIGKILL");
    assert.equal(ownership.previous.cleanStop, false);
    ownership.dispose();
  });

  it("is not taken from a process that lives, whatever a person says", async () => {
    const living = fixture.contender();
    await living.line();
    living.say("try");
    await living.line();
    await assert.rejects(fixture.take({ takeOver: true }), owned(/owned by process/));
    living.say("stop");
    await living.end();
    assert.equal(living.child.exitCode, 0);
  });

  it("passes over a record whose pid another process has now, and leaves that one alone", async () => {
    const stranger = fixture.contender();
    await stranger.line();
    fixture.leave({ pid: stranger.pid, startTime: "1" });
    const ownership = await fixture.take({ takeOver: true });
    assert.equal(ownership.previous.cleanStop, false);
    assert.equal(stranger.child.exitCode ?? stranger.child.signalCode, null);
    ownership.dispose();
  });

  for (const [what, change, message] of [
    ["on another machine", { host: "other", bootId: "another" }, /\(other\); end it there/],
    ["in another container", { pidNamespace: "pid:[1]", networkNamespace: "net:[1]" }, /contain/],
  ] as const) {
    it(`is kept by a process ${what}, until a person takes over`, async () => {
      const record = fixture.leave(change);
      await assert.rejects(fixture.take(), owned(message));
      assert.equal(JSON.stringify(record), readFileSync(fixture.ownerFile, "utf8"));
      const ownership = await fixture.take({ takeOver: true });
      assert.deepEqual(ownership.previous, { cleanStop: false, owner: record });
      ownership.dispose();
    });
  }

  it("is kept by a living process of another network, which does not see our lock", async () => {
    const living = fixture.contender();
    await living.line();
    const { startTime = "" } = fixture.machine.look(living.pid) ?? {};
    const folder = workspaceOf(fixture.hopperFolder);
    fixture.leave({ pid: living.pid, startTime, folder, networkNamespace: "net:[1]" });
    await assert.rejects(fixture.take({ takeOver: true }), owned(/commands given here go to it/));
    await living.kill();
    (await fixture.take()).dispose();
  });

  it("is kept by a living process of another user, who has a lock of his own", async () => {
    fixture.leave({ user: "somebody", folder: workspaceOf(fixture.hopperFolder) });
    await assert.rejects(fixture.take({ takeOver: true }), owned(/commands given here go to it/));
  });

  it("is kept by a living process although its lock is free, until a person takes over", async () => {
    const living = fixture.contender();
    await living.line();
    const { startTime = "" } = fixture.machine.look(living.pid) ?? {};
    const folder = workspaceOf(fixture.hopperFolder);
    fixture.leave({ pid: living.pid, startTime, folder });
    await assert.rejects(fixture.take(), owned(/commands given here go to it/));
    const ownership = await fixture.take({ takeOver: true });
    assert.equal(living.child.exitCode ?? living.child.signalCode, null);
    ownership.dispose();
  });

  it("is taken from a process that has ended and is waited for by nobody", async () => {
    const parent = spawn("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 60"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const pid = Number(await new Promise((resolve) => parent.stdout.once("data", resolve)));
      const { startTime = "" } = fixture.machine.look(pid) ?? {};
      assert.notEqual(startTime, "");
      const folder = workspaceOf(fixture.hopperFolder);
      fixture.leave({ pid, startTime, folder });
      await until(() => fixture.machine.look(pid) === undefined);
      assert.equal(existsSync(`/proc/${pid}`), process.platform === "linux", "it is a zombie");
      (await fixture.take()).dispose();
    } finally {
      parent.kill("SIGKILL");
    }
  });

  it("passes over a record that could not be removed, because the lock proves it wrong", async () => {
    fixture.leave({ folder: workspaceOf(fixture.hopperFolder) });
    assert.equal(readOwner(fixture.hopperFolder, fixture.machine).state, "alive");
    const ownership = await fixture.take();
    assert.equal(ownership.previous.cleanStop, false);
    ownership.dispose();
  });

  for (const [what, text] of [
    ["empty", ""],
    ["truncated", '{"ownerId":"22222222-2222-4222-8222-2222222222'],
    ["not JSON", "\0\0\0\0"],
    ["of another shape", '{"pid":-1}'],
  ] as const) {
    it(`is not taken where owner.json is ${what}, until a person takes over`, async () => {
      writeFileSync(fixture.ownerFile, text);
      await assert.rejects(fixture.take(), owned(/not known who owns.*owner\.json/));
      assert.equal(readFileSync(fixture.ownerFile, "utf8"), text);
      const ownership = await fixture.take({ takeOver: true });
      assert.deepEqual(ownership.previous, { cleanStop: false });
      ownership.dispose();
    });
  }

  it("is not taken where owner.json is a folder, until a person takes over", async () => {
    mkdirSync(join(fixture.ownerFile, "folder"), { recursive: true });
    await assert.rejects(fixture.take(), owned(/not known who owns/));
    (await fixture.take({ takeOver: true })).dispose();
    assert.deepEqual(readdirSync(fixture.hopperFolder), []);
  });

  it("that was taken over leaves the new owner's record alone", async () => {
    const ownership = await fixture.take();
    fixture.leave({ host: "other", bootId: "another" });
    const before = readFileSync(fixture.ownerFile, "utf8");
    assert.equal(ownership.standing(), "taken");
    ownership.recordGeneration(9);
    ownership.dispose();
    assert.equal(readFileSync(fixture.ownerFile, "utf8"), before);
  });
});
