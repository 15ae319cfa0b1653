import { strict as assert } from "node:assert";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { parseStat, readProcess } from "../../../src/core/runner/processIdentity";
import { Bench, waitFor } from "./harness";

describe("the identity of a process", () => {
  it("is read right whatever the program is called", () => {
    const rest = ["R", ...Array.from({ length: 49 }, (_, index) => String(index + 4))].join(" ");
    for (const name of ["sh", "a b", "a) S 1 (b", ") (", "", "\n"]) {
      assert.deepEqual(parseStat(42, `42 (${name}) ${rest}\n`), {
        pid: 42,
        startTime: "22",
        session: 6,
        zombie: false,
      });
    }
    assert.equal(parseStat(42, ""), undefined);
  });

  it("tells a live process with a name like that from none", async () => {
    const bench = await Bench.create("posix");
    const program = join(bench.root, "a) Z 1 (b");
    copyFileSync("/bin/sleep", program);
    const child = spawn(program, ["300"]);
    try {
      const pid = child.pid ?? 0;
      await waitFor("the exec", () => readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("a)"));
      const found = readProcess(pid);
      assert.equal(found?.zombie, false);
      assert.match(found.startTime, /^[0-9]+$/);
      assert.equal(readProcess(2 ** 22 + 1), undefined);
    } finally {
      child.kill("SIGKILL");
      await bench.close();
    }
  });
});
