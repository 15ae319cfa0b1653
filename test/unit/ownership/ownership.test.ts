import assert from "node:assert/strict";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { readOwner, workspaceOf } from "../../../src/core/ownership/ownerRecord";
import { owned, OwnershipFixture } from "./ownershipFixture";

describe("The ownership of a workspace", () => {
  let fixture: OwnershipFixture;

  beforeEach(() => {
    fixture = new OwnershipFixture();
  });

  afterEach(() => fixture.dispose());

  it("is written to owner.json, for its user only, and removed again at a clean stop", async () => {
    const ownership = await fixture.take();
    assert.deepEqual(ownership.previous, { cleanStop: true });
    const verdict = readOwner(fixture.hopperFolder, fixture.machine);
    assert.equal(verdict.state, "alive");
    assert.ok("owner" in verdict);
    const { startedAt, ...owner } = verdict.owner;
    assert.match(startedAt, /^\d{4}-.*Z$/);
    assert.deepEqual(owner, {
      ...fixture.machine.self,
      ownerId: ownership.ownerId,
      program: "cli",
      version: "1.2.3",
      host: fixture.machine.host,
      machineId: fixture.machine.machineId,
      user: fixture.user.name,
      folder: workspaceOf(fixture.hopperFolder),
      pidNamespace: fixture.machine.pidNamespace,
      networkNamespace: fixture.machine.networkNamespace,
    });
    assert.equal(statSync(fixture.ownerFile).mode & 0o777, 0o600);
    ownership.dispose();
    ownership.dispose();
    assert.deepEqual(readdirSync(fixture.hopperFolder), []);
    const next = await fixture.take();
    assert.deepEqual(next.previous, { cleanStop: true });
    next.dispose();
  });

  it("is refused while another part of this process has it", async () => {
    const ownership = await fixture.take();
    await assert.rejects(fixture.take(), owned(/owned by process \d+ \(phase-hopper\) since 2/));
    await assert.rejects(fixture.take({ takeOver: true }), owned(/commands given here go to it/));
    assert.equal(ownership.standing(), "ours");
    ownership.dispose();
  });

  it("goes to exactly one of 8 processes, again after each SIGKILL and each clean stop", async () => {
    let contenders = Array.from({ length: 8 }, () => fixture.contender());
    await Promise.all(contenders.map((contender) => contender.line()));
    for (let round = 0; contenders.length > 2; round++) {
      for (const contender of contenders) {
        contender.say("try");
      }
      const said = await Promise.all(contenders.map((contender) => contender.line()));
      const owners = contenders.filter((_, index) => said[index]?.startsWith("owner"));
      const [owner] = owners;
      assert.equal(owners.length, 1, said.join("\n"));
      assert.ok(owner);
      assert.equal(said.filter((line) => line.startsWith("refused")).length, contenders.length - 1);
      const word = round === 0 || round % 2 === 1 ? "clean" : "unclean";
      assert.match(said[contenders.indexOf(owner)] ?? "", new RegExp(` ${word}$`));
      if (round % 2 === 0) {
        owner.say("stop");
        await owner.end();
      } else {
        await owner.kill();
      }
      contenders = contenders.filter((contender) => contender !== owner);
    }
  });

  it("tells of the one that died without a clean stop", async () => {
    const dead = fixture.contender();
    await dead.line();
    dead.say("try");
    const [, ownerId] = (await dead.line()).split(" ");
    await dead.kill();
    const ownership = await fixture.take();
    assert.equal(ownership.previous.cleanStop, false);
    assert.equal(ownership.previous.owner?.ownerId, ownerId);
    assert.equal(ownership.previous.owner?.program, "vscode");
    ownership.dispose();
    assert.deepEqual(readdirSync(fixture.hopperFolder), []);
  });

  it("keeps no process alive, and goes with the process", async () => {
    const forgetful = fixture.contender(fixture.hopperFolder, "--forget");
    await forgetful.line();
    forgetful.say("try");
    await forgetful.line();
    forgetful.say("stop");
    await forgetful.end();
    assert.equal(forgetful.child.exitCode, 0);
    const ownership = await fixture.take();
    assert.equal(ownership.previous.cleanStop, false);
    ownership.dispose();
  });

  it("is one for all paths that lead to the folder", async () => {
    const link = join(fixture.root, "link");
    symlinkSync(fixture.workspace, link);
    const ownership = await fixture.take();
    for (const alias of [
      join(link, ".hopper"),
      `${fixture.hopperFolder}/`,
      `${fixture.workspace}/../workspace/./.hopper`,
    ]) {
      await assert.rejects(fixture.take({ hopperFolder: alias }), owned(/owned by process/));
    }
    ownership.dispose();
  });

  it("stays with the folder when it is moved and when its .hopper is deleted", async () => {
    const ownership = await fixture.take();
    const moved = join(fixture.root, "moved");
    renameSync(fixture.workspace, moved);
    const hopperFolder = join(moved, ".hopper");
    await assert.rejects(fixture.take({ hopperFolder }), owned(/owned by process/));
    rmSync(hopperFolder, { recursive: true });
    await assert.rejects(fixture.take({ hopperFolder }), owned(/another process/));
    ownership.dispose();
  });

  it("of one folder does not concern its copy, which brings a copy of owner.json along", async () => {
    const ownership = await fixture.take();
    const copy = join(fixture.root, "copy");
    cpSync(fixture.workspace, copy, { recursive: true });
    const hopperFolder = join(copy, ".hopper");
    assert.equal(readOwner(hopperFolder, fixture.machine).state, "dead");
    const other = await fixture.take({ hopperFolder });
    assert.notEqual(other.ownerId, ownership.ownerId);
    other.dispose();
    assert.equal(ownership.standing(), "ours");
    ownership.dispose();
  });

  it("repairs an owner.json that was damaged meanwhile", async () => {
    const ownership = await fixture.take();
    writeFileSync(fixture.ownerFile, "{");
    assert.equal(ownership.standing(), "missing");
    ownership.recordGeneration(1);
    assert.equal(ownership.standing(), "ours");
    ownership.dispose();
  });

  it("goes on when owner.json cannot be written or removed", async () => {
    const ownership = await fixture.take();
    rmSync(fixture.hopperFolder, { recursive: true });
    writeFileSync(fixture.hopperFolder, "");
    ownership.recordGeneration(1);
    ownership.dispose();
    await assert.rejects(fixture.take(), { kind: "storage" });
    rmSync(fixture.hopperFolder);
    (await fixture.take()).dispose();
  });

  it("does not follow an owner.json or a .hopper that is a link", async () => {
    const target = join(fixture.root, "target");
    writeFileSync(target, JSON.stringify(fixture.record({ bootId: "x" })));
    symlinkSync(target, fixture.ownerFile);
    await assert.rejects(fixture.take(), owned(/symbolic link/));
    rmSync(fixture.hopperFolder, { recursive: true });
    mkdirSync(join(fixture.root, "elsewhere"));
    symlinkSync(join(fixture.root, "elsewhere"), fixture.hopperFolder);
    await assert.rejects(fixture.take(), { kind: "usage", message: /symbolic link; remove it/ });
    assert.deepEqual(readdirSync(join(fixture.root, "elsewhere")), []);
  });

  it("sweeps what a process left that was killed while it replaced a dead owner", async () => {
    for (const name of ["a.previous", "b.tmp"]) {
      writeFileSync(`${fixture.ownerFile}.${name}`, "{}");
    }
    const ownership = await fixture.take();
    assert.deepEqual(ownership.previous, { cleanStop: false });
    assert.deepEqual(readdirSync(fixture.hopperFolder), [basename(fixture.ownerFile)]);
    ownership.dispose();
  });

  it("writes the generation down, and owner.json anew if it is gone", async () => {
    const ownership = await fixture.take();
    ownership.recordGeneration(7);
    rmSync(fixture.hopperFolder, { recursive: true });
    assert.equal(ownership.standing(), "missing");
    ownership.recordGeneration(8);
    const verdict = readOwner(fixture.hopperFolder, fixture.machine);
    assert.ok("owner" in verdict);
    assert.equal(verdict.owner.generation, 8);
    assert.equal(ownership.standing(), "ours");
    ownership.dispose();
  });

  it("closes a .hopper folder of this user that others could open", async () => {
    for (const mode of [0o755, 0o770, 0o701]) {
      chmodSync(fixture.hopperFolder, mode);
      (await fixture.take()).dispose();
      assert.equal(statSync(fixture.hopperFolder).mode & 0o777, 0o700);
    }
  });

  it("leaves a .hopper folder of another user as it is", async () => {
    chmodSync(fixture.hopperFolder, 0o755);
    const user = { ...fixture.user, uid: (fixture.user.uid ?? 0) + 1 };
    (await fixture.take({ state: { ...fixture.state, user } })).dispose();
    assert.equal(statSync(fixture.hopperFolder).mode & 0o777, 0o755);
  });

  it("makes the .hopper folder, but no workspace", async () => {
    rmSync(fixture.hopperFolder, { recursive: true });
    (await fixture.take()).dispose();
    assert.equal(statSync(fixture.hopperFolder).mode & 0o777, 0o700);
    rmSync(fixture.workspace, { recursive: true });
    await assert.rejects(fixture.take(), { kind: "notFound" });
    assert.equal(existsSync(fixture.workspace), false);
  });
});
