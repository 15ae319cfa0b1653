import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { identifyFolder } from "../../../src/core/ownership/folderIdentity";
import { KnownDatabases } from "../../../src/core/ownership/knownDatabases";
import { OwnershipFixture } from "./ownershipFixture";

const id = "33333333-3333-4333-8333-333333333333";

describe("A database", () => {
  let fixture: OwnershipFixture;
  let known: KnownDatabases;

  beforeEach(() => {
    fixture = new OwnershipFixture();
    known = new KnownDatabases(fixture.state);
    known.register(id, identifyFolder(fixture.workspace));
  });

  afterEach(() => fixture.dispose());

  it("is known where this user created it, also after its .hopper folder was deleted", () => {
    assert.equal(known.identify(id, identifyFolder(fixture.workspace)), "known");
    assert.equal(known.identify(id, identifyFolder(`${fixture.workspace}/./`)), "known");
    assert.equal(known.identify(id.toUpperCase(), identifyFolder(fixture.workspace)), "known");
    rmSync(fixture.hopperFolder, { recursive: true });
    mkdirSync(fixture.hopperFolder);
    assert.equal(known.identify(id, identifyFolder(fixture.workspace)), "known");
    assert.deepEqual(readdirSync(fixture.state.databases), [`${id}.json`]);
  });

  it("is known after a boot that gave its disk another number", () => {
    const folder = { ...identifyFolder(fixture.workspace), device: "99" };
    assert.equal(known.identify(id, folder), "known");
    assert.equal(known.identify(id, { ...folder, path: "/elsewhere" }), "moved");
  });

  it("is known as moved, once, when its folder has another path", () => {
    const moved = join(fixture.root, "moved");
    renameSync(fixture.workspace, moved);
    assert.equal(known.identify(id, identifyFolder(moved)), "moved");
    assert.equal(known.identify(id, identifyFolder(moved)), "known");
  });

  it("is a copy in another folder, also when that has taken the first one's place", () => {
    const copy = join(fixture.root, "copy");
    cpSync(fixture.workspace, copy, { recursive: true });
    assert.equal(known.identify(id, identifyFolder(copy)), "copy");
    renameSync(fixture.workspace, join(fixture.root, "old"));
    renameSync(copy, fixture.workspace);
    assert.equal(known.identify(id, identifyFolder(fixture.workspace)), "copy");
    assert.equal(known.identify(id, identifyFolder(join(fixture.root, "old"))), "moved");
  });

  it("is unknown when somebody else created it, or it is no longer on the list", () => {
    const folder = identifyFolder(fixture.workspace);
    assert.equal(known.identify("44444444-4444-4444-8444-444444444444", folder), "unknown");
    rmSync(join(fixture.state.databases, `${id}.json`));
    assert.equal(known.identify(id, folder), "unknown");
  });

  it("is unknown when its id is none, and such an id becomes no path", () => {
    const folder = identifyFolder(fixture.workspace);
    for (const odd of [
      "",
      "..",
      "../../etc/passwd",
      `../databases/${id}`,
      `${id}\0`,
      `${id}.json`,
    ]) {
      assert.equal(known.identify(odd, folder), "unknown");
      assert.throws(() => known.register(odd, folder), { kind: "usage" });
    }
    assert.deepEqual(readdirSync(fixture.state.databases), [`${id}.json`]);
  });

  it("is unknown when what the list says of it cannot be understood", () => {
    for (const text of ["", "{", "{}", "null", "x".repeat(100_000)]) {
      writeFileSync(join(fixture.state.databases, `${id}.json`), text);
      assert.equal(known.identify(id, identifyFolder(fixture.workspace)), "unknown");
    }
  });

  it("is listed for its user only", () => {
    assert.equal(statSync(join(fixture.state.databases, `${id}.json`)).mode & 0o777, 0o600);
  });

  it("is never lost when 4 processes list 50 each, and one of them all the time, at once", async () => {
    const script = join(__dirname, "registrar.ts");
    const codes = await Promise.all(
      ["a", "b", "c", "d"].map((digit) => {
        const given = ["--import", "tsx", script, fixture.root, fixture.workspace, digit, id];
        const child = spawn(process.execPath, given, { stdio: "inherit" });
        return new Promise((resolve) => child.once("close", resolve));
      }),
    );
    assert.deepEqual(codes, [0, 0, 0, 0]);
    const files = readdirSync(fixture.state.databases);
    assert.equal(files.length, 201);
    for (const one of files.map((name) => name.replace(/\.json$/, ""))) {
      assert.equal(known.identify(one, identifyFolder(fixture.workspace)), "known");
    }
  });
});
