import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { linuxMachine, type Machine, parseStat } from "../../../src/core/ownership/machine";
import { type OwnerRecord, readOwner } from "../../../src/core/ownership/ownerRecord";
import { OwnershipFixture } from "./ownershipFixture";

const machine: Machine = {
  self: { pid: 10, startTime: "100", bootId: "boot" },
  host: "here",
  machineId: "m",
  pidNamespace: "pid:[1]",
  networkNamespace: "net:[1]",
  look: (pid) => processes.get(pid),
};
const processes = new Map([
  [4711, { startTime: "500", stopped: false }],
  [4712, { startTime: "500", stopped: true }],
  [4713, { startTime: undefined, stopped: false }],
]);
const owner = {
  pid: 4711,
  startTime: "500",
  bootId: "boot",
  host: "here",
  machineId: "m",
  pidNamespace: "pid:[1]",
  networkNamespace: "net:[1]",
};

describe("What owner.json says", () => {
  let fixture: OwnershipFixture;

  beforeEach(() => {
    fixture = new OwnershipFixture();
  });

  afterEach(() => fixture.dispose());

  for (const [what, change, state] of [
    ["a living process", {}, "alive"],
    ["a stopped process", { pid: 4712 }, "notAnswering"],
    ["a process that cannot be looked at", { pid: 4713 }, "alive"],
    ["no process", { pid: 4714 }, "dead"],
    ["a pid that was used again", { startTime: "499" }, "dead"],
    ["a boot before this one", { bootId: "before" }, "dead"],
    ["a boot before this one, in a container", { bootId: "before", pidNamespace: "p" }, "dead"],
    ["another machine", { host: "there", machineId: "n", bootId: "other" }, "elsewhere"],
    ["another machine of this name", { machineId: "n", bootId: "other" }, "elsewhere"],
    ["another host name of this machine", { host: "renamed" }, "alive"],
    ["another container of this machine", { host: "c", pidNamespace: "pid:[2]" }, "elsewhere"],
    ["another network of this machine", { networkNamespace: "net:[2]" }, "alive"],
    ["another network, and no process", { networkNamespace: "n", pid: 4714 }, "dead"],
    ["an init process of another container", { pid: 1, pidNamespace: "pid:[2]" }, "elsewhere"],
  ] satisfies readonly (readonly [string, Partial<OwnerRecord>, string])[]) {
    it(`of ${what} is judged as ${state}`, () => {
      const record = fixture.leave({ ...owner, ...change });
      assert.deepEqual(readOwner(fixture.hopperFolder, machine), { state, owner: record });
    });
  }

  it("without boot ids, as on Windows, counts on this machine only", () => {
    const windows = { ...machine, self: { ...machine.self, bootId: "" } };
    fixture.leave({ ...owner, bootId: "" });
    assert.equal(readOwner(fixture.hopperFolder, windows).state, "alive");
    fixture.leave({ ...owner, bootId: "", host: "there" });
    assert.equal(readOwner(fixture.hopperFolder, windows).state, "elsewhere");
  });

  it("is none where there is no file, no folder, or no workspace", () => {
    assert.deepEqual(readOwner(fixture.hopperFolder, machine), { state: "none" });
    rmSync(fixture.workspace, { recursive: true });
    assert.deepEqual(readOwner(fixture.hopperFolder, machine), { state: "none" });
  });

  it("is unreadable where it is a folder, a FIFO, too large, or made by a later version", () => {
    const later = { ...fixture.record(), program: "emacs" };
    for (const make of [
      () => execFileSync("mkdir", [fixture.ownerFile]),
      () => execFileSync("mkfifo", [fixture.ownerFile]),
      () => writeFileSync(fixture.ownerFile, " ".repeat(100_000)),
      () => writeFileSync(fixture.ownerFile, JSON.stringify(later)),
      () => writeFileSync(fixture.ownerFile, JSON.stringify(fixture.record({ pid: -1 }))),
    ]) {
      make();
      assert.equal(readOwner(fixture.hopperFolder, machine).state, "unreadable");
      rmSync(fixture.ownerFile, { recursive: true });
    }
  });
});

describe("The machine", () => {
  it("reads state and start time behind a program's name, whatever that name is", () => {
    const rest = `${Array.from({ length: 18 }, (_, index) => index + 4).join(" ")} 9876 23 24`;
    for (const name of ["node", "a b", "a) S 1 (b", ") T", "((", "x\ny)"]) {
      assert.deepEqual(parseStat(`42 (${name}) T ${rest}\n`), { state: "T", startTime: "9876" });
    }
    assert.equal(parseStat("42 (node) S 1"), undefined);
    assert.equal(parseStat(""), undefined);
  });

  it("finds this process, and none where none is", () => {
    const here = linuxMachine();
    assert.equal(here.self.pid, process.pid);
    assert.notEqual(here.self.bootId, "");
    assert.match(here.pidNamespace, /^pid:\[\d+\]$/);
    assert.deepEqual(here.look(process.pid), { startTime: here.self.startTime, stopped: false });
    assert.equal(here.look(2 ** 22 + 1), undefined);
  });

  it("believes that a process lives whose files are hidden from it", () => {
    const fixture = new OwnershipFixture();
    const proc = join(fixture.root, "proc");
    execFileSync("mkdir", ["-p", join(proc, "self")]);
    writeFileSync(join(proc, "self/stat"), "1 (x) S");
    assert.deepEqual(linuxMachine(proc).look(process.pid), {
      startTime: undefined,
      stopped: false,
    });
    return fixture.dispose();
  });
});
