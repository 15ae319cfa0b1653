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
import { findDocument, parsePlanText } from "../../../src/core/coordinator/planSource";
import type { RunnerDefinition } from "../../../src/core/protocol/runners";
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
    const seen = join(bed.folder("seen"), "prompts");
    const runners = new Map<string, RunnerDefinition>([
      ["agent", { kind: "command", argv: ["sh", "-c", `cat >> "${seen}"`], prompt: "stdin" }],
    ]);
    /** Each reference, and what it counts as: the path below the workspace, or nothing that is there. */
    const references: Readonly<Record<string, string | undefined>> = {
      "../outside/secret.md": undefined,
      [outside]: undefined,
      "docs/../../outside/secret.md": undefined,
      "link.md": undefined,
      "chain.md": undefined,
      "linked/secret.md": undefined,
      "loop.md": undefined,
      "zero.md": undefined,
      "\\\\host\\share\\x.md": undefined,
      "C:foo.md": undefined,
      "C:\\x.md": undefined,
      "NUL.md": undefined,
      "~/secret.md": undefined,
      "docs/good.md/../../../outside/secret.md": undefined,
      "%2e%2e/outside/secret.md": undefined,
      // They are there; nobody opens them.
      "pipe.md": "pipe.md",
      "folder.md": "folder.md",
      "docs/good.md": "docs/good.md",
      "hard.md": "hard.md",
    };
    /** What is no reference to a document at all. */
    const others = [`file://${outside}`, "//host/x.md", "x".repeat(4000) + ".md"];
    const names = [...Object.keys(references), ...others];
    for (const [name, verdict] of Object.entries(references)) {
      assert.equal(findDocument(name, workspace, undefined), verdict, name);
    }
    const markdown = names
      .map((path, index) => `## Phase ${index + 1}: Read\n\nPlease see \`${path}\` first.\n`)
      .join("\n");
    const { phases, problems } = parsePlanText(markdown, { workspace, runners });
    for (const [index, { externalDocs, startLine, endLine }] of phases.entries()) {
      const name = names[index] ?? "";
      assert.deepEqual(externalDocs, name in references ? [name] : [], name);
      const warned = problems.filter(
        ({ code, startLine: line }) =>
          code === "document-not-found" && startLine <= line && line <= endLine,
      );
      const isMissing = name in references && references[name] === undefined;
      assert.equal(warned.length, isMissing ? 1 : 0, `${name}: the warning`);
    }
    const hopper = await bed.openHopper({
      runners: () => runners,
    });
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
      `${names.length} ways to point outside, or at pipes and devices: each found or refused as it must ` +
        `be, with a warning; 0 read, 0 waited for`,
    );
  });

  function filesIn(folder: string): string[] {
    return readdirSync(folder, { recursive: true })
      .map((name) => join(folder, String(name)))
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path, "latin1"));
  }
});
