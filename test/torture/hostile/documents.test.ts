import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Bed } from "../../support/bed";
import { eventually } from "../../support/eventually";
import { figure } from "../support/extent";

const secret = "secret-outside-the-workspace";

describe("documents that a plan refers to", () => {
  const bed = new Bed();
  after(() => bed.remove());

  it("outside the workspace, or what only looks like a file, are neither read nor waited for", async () => {
    const { workspace } = bed;
    const outside = join(bed.folder("outside"), "secret.md");
    writeFileSync(outside, secret);
    mkdirSync(join(workspace, "docs"));
    mkdirSync(join(workspace, "folder.md"));
    writeFileSync(join(workspace, "docs", "good.md"), "fine");
    symlinkSync(outside, join(workspace, "link.md"));
    symlinkSync(join(workspace, "link.md"), join(workspace, "chain.md"));
    symlinkSync(bed.folder("outside"), join(workspace, "linked"));
    symlinkSync("loop.md", join(workspace, "loop.md"));
    linkSync(join(workspace, "docs", "good.md"), join(workspace, "hard.md"));
    execFileSync("mkfifo", [join(workspace, "pipe.md")]);
    symlinkSync("/dev/zero", join(workspace, "zero.md"));
    const references = [
      "../outside/secret.md",
      outside,
      `file://${outside}`,
      "docs/../../outside/secret.md",
      "link.md",
      "chain.md",
      "linked/secret.md",
      "loop.md",
      "pipe.md",
      "zero.md",
      "folder.md",
      "\\\\host\\share\\x.md",
      "C:foo.md",
      "C:\\x.md",
      "NUL.md",
      "//host/x.md",
      "~/secret.md",
      "docs/good.md/../../../outside/secret.md",
      "%2e%2e/outside/secret.md",
      "x".repeat(4000) + ".md",
      "docs/good.md",
      "hard.md",
    ];
    const seen = join(bed.folder("seen"), "prompt");
    const hopper = await bed.openHopper({
      runners: () =>
        new Map([
          [
            "agent",
            { kind: "command", argv: ["sh", "-c", `cat > "${seen}"`], prompt: "stdin" } as const,
          ],
        ]),
    });
    const markdown = references
      .map((path, index) => `## Phase ${index + 1}: Read\n\nPlease see \`${path}\` first.\n`)
      .join("\n");
    const { planId } = await hopper.enqueue({ markdown, runner: "agent" });
    hopper.run();
    await eventually("all phases have ended", () => {
      return hopper.queue
        .phases({ planId, content: false })
        .every(({ status }) => status === "completed");
    });
    const everything = [readFileSync(seen, "utf8"), ...filesIn(join(workspace, ".hopper"))].join(
      "\n",
    );
    assert.ok(!everything.includes(secret), "a document outside was read");
    figure(
      "G9 documents",
      `${references.length} ways to point outside, or at pipes and devices; 0 read, 0 waited for`,
    );
  });

  function filesIn(folder: string): string[] {
    return readdirSync(folder, { recursive: true })
      .map((name) => join(folder, String(name)))
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path, "latin1"));
  }
});
