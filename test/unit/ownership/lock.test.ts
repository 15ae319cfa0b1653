import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { acquireLock } from "../../../src/core/ownership/lock";
import { identifyFolder } from "../../../src/core/ownership/folderIdentity";
import { OwnershipFixture } from "./ownershipFixture";

describe("The lock of a workspace folder", () => {
  const linux = process.platform === "linux" ? it : () => undefined;

  linux("has on Linux a name that every version of Node.js takes for the same", async () => {
    const fixture = new OwnershipFixture();
    try {
      const folder = identifyFolder(fixture.workspace);
      const lock = await acquireLock(folder, fixture.state);
      assert.ok(lock);
      const names = readFileSync("/proc/net/unix", "latin1")
        .split("\n")
        .map((line) => line.slice(line.indexOf("@")))
        .filter((name) => name.includes(`-${folder.inode}.`));
      lock.dispose();
      // The kernel shows each NUL as "@": the first makes it abstract, and no other may follow, for
      // some versions fill the rest of a shorter name with them and others do not.
      assert.equal(names.length, 1);
      assert.match(names[0] ?? "", /^@phase-hopper-[^@]+$/);
      assert.equal(names[0]?.length, 108);
    } finally {
      await fixture.dispose();
    }
  });
});
