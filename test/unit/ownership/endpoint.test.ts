import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  announceEndpoint,
  newEndpoint,
  readEndpoint,
  withdrawEndpoint,
} from "../../../src/core/ownership/endpoint";
import { type FolderIdentity, identifyFolder } from "../../../src/core/ownership/folderIdentity";
import { OwnershipFixture } from "./ownershipFixture";

const [first, second] = [
  "55555555-5555-4555-8555-555555555555",
  "66666666-6666-4666-8666-666666666666",
] as const;

describe("An owner's endpoint", () => {
  let fixture: OwnershipFixture;
  let folder: FolderIdentity;

  beforeEach(() => {
    fixture = new OwnershipFixture();
    folder = identifyFolder(fixture.workspace);
  });

  afterEach(() => fixture.dispose());

  it("is announced to its user only, outside the workspace, and withdrawn", () => {
    assert.equal(readEndpoint(fixture.state, folder), undefined);
    const endpoint = newEndpoint(fixture.state, folder, first);
    announceEndpoint(fixture.state, folder, endpoint);
    assert.deepEqual(readEndpoint(fixture.state, folder), endpoint);
    const [name = ""] = readdirSync(fixture.state.endpoints);
    assert.equal(statSync(join(fixture.state.endpoints, name)).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(fixture.hopperFolder), []);
    withdrawEndpoint(fixture.state, folder, endpoint);
    withdrawEndpoint(fixture.state, folder, endpoint);
    assert.deepEqual(readdirSync(fixture.state.endpoints), []);
  });

  it("has a token of 256 bits and a socket of its own with each start", () => {
    const tokens = new Set<string>();
    for (let start = 0; start < 2_000; start++) {
      const { token } = newEndpoint(fixture.state, folder, first);
      assert.match(token, /^[0-9a-f]{64}$/);
      tokens.add(token);
    }
    assert.equal(tokens.size, 2_000);
    const one = newEndpoint(fixture.state, folder, first);
    assert.notEqual(one.socketPath, newEndpoint(fixture.state, folder, second).socketPath);
  });

  it("is not withdrawn by an owner that was followed by another", () => {
    const old = newEndpoint(fixture.state, folder, first);
    const current = newEndpoint(fixture.state, folder, second);
    announceEndpoint(fixture.state, folder, old);
    announceEndpoint(fixture.state, folder, current);
    withdrawEndpoint(fixture.state, folder, old);
    assert.deepEqual(readEndpoint(fixture.state, folder), current);
  });

  it("sweeps the sockets of this workspace's former owners, and no others", () => {
    const old = newEndpoint(fixture.state, folder, first);
    const current = newEndpoint(fixture.state, folder, second);
    const other = newEndpoint(fixture.state, { ...folder, inode: "1" }, first);
    for (const { socketPath } of [old, current, other]) {
      writeFileSync(socketPath, "");
    }
    announceEndpoint(fixture.state, folder, current);
    assert.deepEqual(
      [old, current, other].map(({ socketPath }) => existsSync(socketPath)),
      [false, true, true],
    );
  });

  it("sweeps what this workspace's owners left half written, and nobody else's", () => {
    const endpoint = newEndpoint(fixture.state, folder, first);
    announceEndpoint(fixture.state, folder, endpoint);
    const [name = ""] = readdirSync(fixture.state.endpoints);
    for (const left of [`${name}.1.tmp`, "0123456789abcdef.json.1.tmp"]) {
      writeFileSync(join(fixture.state.endpoints, left), "");
    }
    announceEndpoint(fixture.state, folder, endpoint);
    assert.deepEqual(
      readdirSync(fixture.state.endpoints).sort(),
      ["0123456789abcdef.json.1.tmp", name].sort(),
    );
  });

  it("that is damaged is told without quoting the token", () => {
    const endpoint = newEndpoint(fixture.state, folder, first);
    announceEndpoint(fixture.state, folder, endpoint);
    const [name = ""] = readdirSync(fixture.state.endpoints);
    writeFileSync(join(fixture.state.endpoints, name), JSON.stringify(endpoint).slice(0, -9));
    assert.throws(
      () => readEndpoint(fixture.state, folder),
      (error) =>
        error instanceof Error && !String(error.stack).includes(endpoint.token.slice(0, 8)),
    );
  });
});
