import assert from "node:assert/strict";
import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { systemClock } from "../../../src/core/base/clock";
import { silentLogger } from "../../../src/core/base/log";
import { newEndpoint } from "../../../src/core/ownership/endpoint";
import { identifyFolder } from "../../../src/core/ownership/folderIdentity";
import { sweepState } from "../../../src/core/ownership/stateSweep";
import { OwnershipFixture } from "./ownershipFixture";

const owner = "55555555-5555-4555-8555-555555555555";
const days = (count: number): number => count * 24 * 60 * 60;

describe("sweeping the user's state folder", () => {
  let fixture: OwnershipFixture;

  beforeEach(() => {
    fixture = new OwnershipFixture();
  });

  afterEach(() => fixture.dispose());

  function write(path: string, ageInDays: number, text = ""): string {
    writeFileSync(path, text);
    return age(path, ageInDays);
  }

  function age(path: string, ageInDays: number): string {
    const then = systemClock.now() / 1000 - days(ageInDays) - 60;
    utimesSync(path, then, then);
    return path;
  }

  async function sweep(sockets = fixture.state.path): Promise<string[]> {
    await sweepState(fixture.state, sockets, systemClock, silentLogger);
    const { endpoints, databases } = fixture.state;
    return [endpoints, databases, sockets].flatMap((folder) =>
      readdirSync(folder).filter((name) => name.includes(".")),
    );
  }

  it("removes half-written files of a day ago, and no younger ones", async () => {
    for (const folder of [fixture.state.endpoints, fixture.state.databases]) {
      write(join(folder, "old.json.1.tmp"), 1);
      write(join(folder, "young.json.1.tmp"), 0);
    }
    assert.deepEqual(await sweep(), ["young.json.1.tmp", "young.json.1.tmp"]);
  });

  it("removes records and sockets of a month ago at which nobody listens", async () => {
    const record = (name: string): string => {
      const folder = { ...identifyFolder(fixture.workspace), inode: name };
      return JSON.stringify(newEndpoint(fixture.state, folder, owner));
    };
    write(join(fixture.state.endpoints, "old.json"), 30, record("old"));
    write(join(fixture.state.endpoints, "damaged.json"), 30, "{");
    write(join(fixture.state.endpoints, "young.json"), 29, record("young"));
    write(join(fixture.state.path, "old.sock"), 30);
    write(join(fixture.state.path, "young.sock"), 29);
    write(join(fixture.state.databases, `${owner}.json`), 3000, "{}");
    assert.deepEqual(await sweep(), ["young.json", `${owner}.json`, "young.sock"]);
  });

  it("leaves an owner alone that has listened for months", async () => {
    const folder = identifyFolder(fixture.workspace);
    const endpoint = newEndpoint(fixture.state, folder, owner);
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(endpoint.socketPath, resolve);
    });
    try {
      age(endpoint.socketPath, 100);
      const record = join(fixture.state.endpoints, "busy.json");
      write(record, 100, JSON.stringify(endpoint));
      assert.equal((await sweep(dirname(endpoint.socketPath))).length, 2);
    } finally {
      await new Promise((resolve) => {
        server.close(resolve);
      });
    }
  });
});
