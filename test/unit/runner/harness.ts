import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import type { Assets } from "../../../src/core/base/assets";
import { systemClock } from "../../../src/core/base/clock";
import { silentLogger } from "../../../src/core/base/log";
import type { CodeBlock } from "../../../src/core/protocol/plan";
import type {
  AttemptInspection,
  AttemptRequest,
  AttemptRunner,
} from "../../../src/core/protocol/attempts";
import {
  type AttemptRunnerOptions,
  createAttemptRunner,
} from "../../../src/core/runner/attemptRunner";

export const wrapperKinds = ["posix", "node"] as const;
export type WrapperKind = (typeof wrapperKinds)[number];

const source = resolve("src");
let builtWrapper: Promise<string> | undefined;

/** The Node wrapper, bundled once per run as a release has it. */
async function wrapperProgram(): Promise<string> {
  builtWrapper ??= (async () => {
    const outfile = join(mkdtempSync(join(tmpdir(), "hopper-wrapper-")), "wrapper.js");
    await build({
      entryPoints: [join(source, "wrapper.ts")],
      outfile,
      bundle: true,
      platform: "node",
      format: "cjs",
      target: "node20",
      logLevel: "warning",
    });
    process.once("exit", () => rmSync(join(outfile, ".."), { recursive: true, force: true }));
    return outfile;
  })();
  return builtWrapper;
}

export async function testAssets(): Promise<Assets> {
  return {
    sqlWasm: "",
    snapshotWorker: "",
    historyWorker: "",
    planWorker: "",
    wrapperScript: join(source, "wrapper.sh"),
    launcherScript: join(source, "launcher.sh"),
    wrapperProgram: await wrapperProgram(),
  };
}

/** A workspace of its own for one test, the runner on it, and the proof that nothing stays alive. */
export class Bench {
  private readonly runners: AttemptRunner[] = [];
  private count = 0;

  private constructor(
    readonly root: string,
    readonly assets: Assets,
    readonly kind: WrapperKind,
  ) {}

  static async create(kind: WrapperKind, name = "hopper-runner-"): Promise<Bench> {
    return new Bench(mkdtempSync(join(tmpdir(), name)), await testAssets(), kind);
  }

  runner(options: Partial<AttemptRunnerOptions> = {}): AttemptRunner {
    const runner = createAttemptRunner({
      assets: this.assets,
      clock: systemClock,
      logger: silentLogger,
      environment: process.env,
      wrapper: this.kind,
      ...options,
    });
    this.runners.push(runner);
    return runner;
  }

  request(changes: Partial<AttemptRequest> = {}): AttemptRequest {
    this.count += 1;
    // Unique over all test processes, so that a sweep for left-overs finds only its own.
    const attemptId = `test-${process.pid}-${Date.now()}-${this.count}`;
    return {
      folder: join(this.root, ".hopper", "attempts", `queue-${this.count}`, "1"),
      attemptId,
      queueId: `queue-${this.count}`,
      attemptNumber: 1,
      planNumber: 7,
      planTitle: "A plan",
      planContext: "",
      phaseNumber: 3,
      title: "A phase",
      workspace: this.root,
      runnerName: "shell",
      definition: { kind: "shell" },
      instructions: "",
      externalDocs: [],
      blocks: [],
      verify: [],
      ...changes,
    };
  }

  /** Prepares and launches, waits for the exit record, and answers what the folder shows. */
  async run(runner: AttemptRunner, request: AttemptRequest): Promise<AttemptInspection> {
    const { problem } = runner.prepare(request);
    if (problem !== undefined) {
      throw new Error(problem);
    }
    runner.launch(request.folder);
    return ended(runner, request.folder);
  }

  output(request: AttemptRequest): string {
    return readFileSync(join(request.folder, "output.log"), "utf8");
  }

  /** Releases all, and fails when a process with this folder in its marker or arguments is left. */
  async close(): Promise<void> {
    for (const runner of this.runners) {
      runner.dispose();
    }
    const left = () => processesWith(`test-${process.pid}-`).concat(processesWith(this.root));
    try {
      await waitFor("nothing to be left alive", () => left().length === 0, 5_000);
    } finally {
      for (const pid of left()) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // It went by itself.
        }
      }
      rmSync(this.root, { recursive: true, force: true });
    }
  }
}

export function sh(source: string, startLine = 9): CodeBlock {
  return { language: "sh", source, startLine, endLine: startLine + source.split("\n").length };
}

/** Waits for a condition; time only limits how long a broken test hangs. */
export async function waitFor(
  what: string,
  condition: () => boolean,
  limit = 30_000,
): Promise<void> {
  const end = performance.now() + limit;
  while (!condition()) {
    if (performance.now() > end) {
      throw new Error(`waited in vain for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Waits until the attempt has ended and its wrapper is gone. */
export async function ended(runner: AttemptRunner, folder: string): Promise<AttemptInspection> {
  await waitFor(`the end of ${folder}`, () => {
    const { exit, alive } = runner.inspect(folder);
    return exit !== undefined && !alive;
  });
  return runner.inspect(folder);
}

/** Pids of living processes other than this one that carry the text in their environment or arguments. */
export function processesWith(text: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "latin1");
        const zombie = stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
        const cmdline = readFileSync(`/proc/${name}/cmdline`, "utf8");
        const environ = readFileSync(`/proc/${name}/environ`, "utf8");
        return !zombie && (cmdline.includes(text) || environ.includes(text));
      } catch {
        return false;
      }
    })
    .map(Number);
}
