import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";
import { parsePlan } from "../../src/core/plan/parsePlan";
import { builtInRunners } from "../../src/core/runner/presets";
import { Bed, builtCli } from "../support/bed";

const examples = resolve(__dirname, "../../examples");
const plans = readdirSync(examples).filter((name) => name.endsWith(".md") && name !== "README.md");

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const listing = z.object({
  phases: z.array(
    z.object({ phase_number: z.int(), status: z.string(), error_message: z.string().nullish() }),
  ),
});

/** A workspace with a copy of the examples, in which the command line is called as users call it. */
class ExampleBed extends Bed {
  constructor() {
    super();
    mkdirSync(join(this.workspace, "examples"));
    for (const name of plans) {
      copyFileSync(join(examples, name), join(this.workspace, "examples", name));
    }
  }

  call(...args: readonly string[]): Promise<Ended> {
    const { workspace: cwd, environment: env } = this;
    return new Promise((done) => {
      const program = [builtCli, ...args];
      execFile(process.execPath, program, { cwd, env }, (error, stdout, stderr) => {
        const code = typeof error?.code === "number" ? error.code : error ? -1 : 0;
        done({ code, stdout, stderr });
      });
    });
  }

  /** Calls the command line and asserts how it ends. */
  async expect(code: number, ...args: readonly string[]): Promise<Ended> {
    const ended = await this.call(...args);
    assert.equal(ended.code, code, `${args.join(" ")}\n${ended.stdout}${ended.stderr}`);
    return ended;
  }

  /** The statuses of all phases by number, and what is said of each. */
  async phases(): Promise<Map<number, { status: string; message: string }>> {
    const { stdout } = await this.expect(0, "list", "--json");
    return new Map(
      listing
        .parse(JSON.parse(stdout))
        .phases.map(({ phase_number, status, error_message }) => [
          phase_number,
          { status, message: error_message ?? "" },
        ]),
    );
  }

  async statuses(): Promise<string[]> {
    return [...(await this.phases())].map(([number, { status }]) => `${number} ${status}`);
  }

  git(...args: readonly string[]): string {
    const { workspace: cwd, environment: env } = this;
    return execFileSync("git", args, { cwd, env, encoding: "utf8" });
  }

  write(path: string, text: string): void {
    mkdirSync(join(this.workspace, path, ".."), { recursive: true });
    writeFileSync(join(this.workspace, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.workspace, path), "utf8");
  }

  /** A small repository with one commit, the examples in it. */
  makeRepository(): void {
    this.write(".gitignore", "node_modules/\n");
    this.write("package.json", '{ "type": "module", "scripts": { "test": "node --test" } }\n');
    this.write("src/main.js", "// TODO: greet by name\nconsole.log('hello');\n");
    this.write("src/my notes.txt", "one\ntwo\n");
    this.write("node_modules/left/package.json", '{ "version": "1.0.0", "license": "MIT" }');
    this.write("node_modules/@a/right/package.json", '{ "name": "@a/right", "license": "ISC" }');
    this.git("init", "-q");
    this.git("add", ".");
    const author = ["-c", "user.name=A. Author", "-c", "user.email=a@example.com"];
    this.git(...author, "commit", "-q", "-m", "Say hello");
  }
}

describe("every example", () => {
  for (const name of plans) {
    it(`${name} is a plan without a problem`, () => {
      const { phases, problems } = parsePlan(readFileSync(join(examples, name), "utf8"), {
        fileName: name,
        runners: builtInRunners,
        defaultRunner: "shell",
      });
      assert.deepEqual(problems, []);
      assert.ok(phases.length > 1);
    });

    it(`${name} is in the README, and says where it writes`, () => {
      assert.ok(readFileSync(join(examples, "README.md"), "utf8").includes(`](${name})`));
      const beforePhases = readFileSync(join(examples, name), "utf8").split("## Phase 1")[0] ?? "";
      assert.match(beforePhases, /`\.\/phase-hopper-demo\//);
    });
  }
});

describe("the examples on the command line", function () {
  this.timeout(120_000);
  let bed: ExampleBed;

  beforeEach(() => {
    bed = new ExampleBed();
  });

  afterEach(async () => {
    await bed.remove();
  });

  it("node-library.md scaffolds, tests, packs and describes a library, also when run again", async () => {
    for (const commits of [4, 4]) {
      await bed.expect(0, "run", "examples/node-library.md", "--yes");
      const library = "phase-hopper-demo/node-library/tiny-duration";
      assert.equal(bed.git("-C", library, "rev-list", "--count", "HEAD").trim(), String(commits));
      const notes = bed.read(`${library}/RELEASE_NOTES.md`).replaceAll(/\([0-9a-f]+\)/g, "(…)");
      assert.equal(
        notes,
        "# tiny-duration 0.1.0\n\n## New\n\n- read times (…)\n- print times (…)\n\n" +
          "## Behind the scenes\n\n- scaffold the package (…)\n",
      );
    }
    assert.deepEqual(readdirSync(bed.workspace).sort(), [
      ".hopper",
      "examples",
      "phase-hopper-demo",
    ]);
  });

  it("audit-repository.md reports on the repository and leaves it as it was", async () => {
    bed.makeRepository();
    await bed.expect(0, "run", "examples/audit-repository.md", "--yes", "--max-concurrent", "2");
    const report = bed.read("phase-hopper-demo/audit/report.md");
    for (const line of [
      "# Audit of workspace",
      `- Files: ${plans.length + 4}`,
      "- .md: 5",
      "- 8: `src/my notes.txt`",
      "    src/main.js:1:// TODO: greet by name",
      "- MIT: 1 (left 1.0.0)",
      "- ISC: 1 (@a/right )",
      "- `npm run test`: `node --test`",
      "- Commits: 1",
      "- A. Author: 1",
    ]) {
      assert.ok(report.includes(`${line}\n`), `${line}\n\n${report}`);
    }
    assert.equal(bed.git("status", "--porcelain"), "");
  });

  it("audit-repository.md fails outside a repository, and says so", async () => {
    await bed.expect(1, "run", "examples/audit-repository.md", "--yes");
    const first = (await bed.phases()).get(1);
    assert.equal(first?.status, "failed");
    assert.match(first.message, /not a git repository/);
    assert.ok(!existsSync(join(bed.workspace, "phase-hopper-demo")));
  });

  it("diamond.md runs its two branches at the same time", async () => {
    await bed.expect(0, "run", "examples/diamond.md", "--yes", "--max-concurrent", "2");
    const report = bed.read("phase-hopper-demo/compression/report.md");
    assert.match(report, /^\| brotli 9 \| \d+ \| \d+\.\d % \| \d+ \|$/m);
    assert.match(report, /The two ran at the same time: yes\./);
  });

  it("failing-verify.md is blocked, repaired and completed as it says", async () => {
    const plan = "examples/failing-verify.md";
    await bed.expect(1, "run", plan, "--yes");
    assert.deepEqual(await bed.statuses(), [
      "1 completed",
      "2 failed",
      "3 blocked",
      "4 blocked",
      "5 completed",
    ]);
    const failed = (await bed.phases()).get(2);
    assert.match(failed?.message ?? "", /CHANGELOG\.md has no section "## 1\.1\.0"/);
    const { stdout } = await bed.expect(0, "log", "1.2");
    assert.match(stdout, /\[phase-hopper\] verify: sh, line \d+\nCHANGELOG\.md has no section/);

    const again = await bed.expect(1, "run", plan, "--yes");
    assert.match(again.stdout + again.stderr, /retry 1\.2/);

    appendFileSync(
      join(bed.workspace, "phase-hopper-demo/release/CHANGELOG.md"),
      "\n## 1.1.0\n\n- Starts twice as fast.\n",
    );
    await bed.expect(0, "retry", "1.2");
    await bed.expect(0, "run", plan, "--yes");
    assert.deepEqual(
      await bed.statuses(),
      [1, 2, 3, 4, 5].map((number) => `${number} completed`),
    );
  });

  it("agent-word-count.md is written by an agent, checked, and looked at by a person", async () => {
    const agent = join(bed.root, "agent.cjs");
    writeFileSync(agent, standInAgent);
    const config = join(bed.root, "hopper.json");
    const claude = { extends: "claude", argv: [process.execPath, agent, bed.root] };
    writeFileSync(config, JSON.stringify({ runners: { claude } }));
    const plan = "examples/agent-word-count.md";

    const atCheckpoint = await bed.expect(4, "run", plan, "--yes", "--config", config);
    assert.match(atCheckpoint.stdout + atCheckpoint.stderr, /Read word-count\.mjs/);
    assert.deepEqual((await bed.statuses()).slice(2, 4), ["3 completed", "4 ready"]);
    const prompt = readFileSync(join(bed.root, "Write the program.prompt"), "utf8");
    assert.match(prompt, /prints the words in it, one per line/);
    assert.doesNotMatch(prompt, /```sh verify|Retries:|status=0/);

    await bed.expect(0, "resume", "1", "--config", config);
    await bed.expect(4, "run", plan, "--yes", "--config", config);
    assert.deepEqual((await bed.statuses()).slice(3), ["4 completed", "5 running"]);

    await bed.expect(0, "done", "1.5", "--note", "It counts.", "--config", config);
    assert.deepEqual(
      await bed.statuses(),
      [1, 2, 3, 4, 5].map((number) => `${number} completed`),
    );
  });

  it("agent-word-count.md does not believe an agent that did nothing", async () => {
    const agent = join(bed.root, "agent.cjs");
    writeFileSync(agent, `console.log('{"type":"result","is_error":false,"result":"Done!"}');`);
    const config = join(bed.root, "hopper.json");
    const claude = { extends: "claude", argv: [process.execPath, agent] };
    writeFileSync(config, JSON.stringify({ runners: { claude } }));
    const plan = bed.read("examples/agent-word-count.md").replaceAll("Retries: 1\n", "");
    bed.write("examples/agent-word-count.md", plan);

    await bed.expect(1, "run", "examples/agent-word-count.md", "--yes", "--config", config);
    const second = (await bed.phases()).get(2);
    assert.equal(second?.status, "failed");
    assert.match(second.message, /^verify \(sh, line \d+\) exited with code 1/);
  });
});

/** Behaves like the agent: reads its prompt, writes the file it is asked for, reports events. */
const standInAgent = String.raw`
const { readFileSync, writeFileSync } = require("node:fs");
const prompt = readFileSync(0, "utf8");
const title = /^# (.*)/.exec(prompt)[1];
writeFileSync(process.argv[2] + "/" + title + ".prompt", prompt);
const folder = "phase-hopper-demo/word-count/";
console.log(JSON.stringify({ type: "system", subtype: "init" }));
if (title === "Write the program") {
  writeFileSync(folder + "word-count.mjs", [
    "// usage: node word-count.mjs [--top N] < TEXT",
    'import { readFileSync } from "node:fs";',
    "const [option, value, ...rest] = process.argv.slice(2);",
    'if (option !== undefined && (option !== "--top" || !/^\\d+$/.test(value ?? "") || rest.length)) {',
    '  console.error("usage: word-count.mjs [--top N]");',
    "  process.exit(2);",
    "}",
    "const counts = new Map();",
    'for (const word of readFileSync(0, "utf8").toLowerCase().match(/[\\p{L}\']+/gu) ?? []) {',
    "  counts.set(word, (counts.get(word) ?? 0) + 1);",
    "}",
    "const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));",
    "for (const [word, count] of sorted.slice(0, value ?? Infinity)) {",
    "  console.log(count + ' ' + word);",
    "}",
    "",
  ].join("\n"));
} else {
  writeFileSync(folder + "word-count.test.mjs", [
    'import assert from "node:assert/strict";',
    'import { spawnSync } from "node:child_process";',
    'import { test } from "node:test";',
    'import { fileURLToPath } from "node:url";',
    'const program = fileURLToPath(new URL("word-count.mjs", import.meta.url));',
    "const run = (input, ...args) =>",
    '  spawnSync(process.execPath, [program, ...args], { input, encoding: "utf8" });',
    'test("order", () => assert.equal(run("a b b").stdout, "2 b\\n1 a\\n"));',
    'test("ties", () => assert.equal(run("b a").stdout, "1 a\\n1 b\\n"));',
    'test("case", () => assert.equal(run("A a").stdout, "2 a\\n"));',
    'test("top", () => assert.equal(run("b b a", "--top", "1").stdout, "2 b\\n"));',
    'test("wrong", () => assert.equal(run("a", "--x").status, 2));',
    "",
  ].join("\n"));
}
console.log(JSON.stringify({ type: "result", subtype: "success", is_error: false, result: "Done: " + title }));
`;
