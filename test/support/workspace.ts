import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { spawn as spawnOnTerminal } from "@lydell/node-pty";
import { systemClock } from "../../src/core/base/clock";
import type { QueueReader } from "../../src/core/queue/queueReader";
import { readQueue } from "../../src/core/queue/readQueue";
import { answer, listAnswer, type ListedPhase } from "./answers";
import { builtAssets } from "./assets";
import { eventually } from "./eventually";
import { assertNobodyLeft, endProcess, type FoundProcess, processesWith } from "./processes";
import { ScreenText } from "./screenText";

const program = resolve("dist/cli.js");
const marker = "HOPPER_TEST";

/** What a call of the program came to. */
export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A call of the program that is under way. */
export interface RunningCli {
  readonly child: ChildProcessWithoutNullStreams;
  readonly output: () => string;
  readonly errors: () => string;
  readonly ended: Promise<CliResult>;
}

/** A call of the program on a pseudo-terminal. */
export interface CliOnTerminal {
  readonly screen: ScreenText;
  /** Everything that was written to the terminal. */
  readonly bytes: () => string;
  press(keys: string): void;
  kill(signal: NodeJS.Signals): void;
  resize(columns: number, rows: number): void;
  /** Waits until the screen shows this. */
  shows(text: string): Promise<void>;
  readonly ended: Promise<number>;
}

export interface CallOptions {
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A temporary workspace with a home and a state folder of its own, and the program to call in it. */
export class Workspace {
  private readonly root: string;
  private readonly id = randomUUID();

  constructor() {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), "hopper-")));
    mkdirSync(this.path);
    mkdirSync(join(this.root, "home"));
  }

  get path(): string {
    return join(this.root, "workspace");
  }

  /** A path in the workspace. */
  file(name: string): string {
    return join(this.path, name);
  }

  hopperFile(name: string): string {
    return join(this.path, ".hopper", name);
  }

  /** A path beside the workspace. */
  outside(name: string): string {
    return join(this.root, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.file(name)), { recursive: true });
    writeFileSync(this.file(name), text);
  }

  read(name: string): string {
    return existsSync(this.file(name)) ? readFileSync(this.file(name), "utf8") : "";
  }

  delete(name: string): void {
    rmSync(this.file(name), { force: true });
  }

  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      PATH: process.env["PATH"] ?? "",
      HOME: join(this.root, "home"),
      XDG_STATE_HOME: join(this.root, "state"),
      LANG: "C.UTF-8",
      [marker]: this.id,
      ...more,
    };
  }

  /** Starts the program with pipes instead of a terminal. */
  start(args: readonly string[], { folder, environment }: CallOptions = {}): RunningCli {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: folder ?? this.path,
      env: this.environment(environment),
    });
    let stdout = "";
    let stderr = "";
    child.stdin.end();
    child.stdout.setEncoding("utf8").on("data", (data: string) => (stdout += data));
    child.stderr.setEncoding("utf8").on("data", (data: string) => (stderr += data));
    const ended = new Promise<CliResult>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
    });
    return { child, output: () => stdout, errors: () => stderr, ended };
  }

  /** Calls the program to its end. */
  call(args: readonly string[], options?: CallOptions): Promise<CliResult> {
    return this.start(args, options).ended;
  }

  /** Calls the program and insists on its exit code. */
  async expect(code: number, args: readonly string[], options?: CallOptions): Promise<CliResult> {
    const result = await this.call(args, options);
    assert.equal(result.code, code, `${args.join(" ")}\n${result.stdout}${result.stderr}`);
    assert.doesNotMatch(result.stderr, /^ {4}at /m, "a stack was shown");
    return result;
  }

  /** Starts the program on a pseudo-terminal. */
  onTerminal(
    args: readonly string[],
    options: CallOptions & { readonly columns?: number; readonly rows?: number } = {},
  ): CliOnTerminal {
    const { columns = 80, rows = 30 } = options;
    const screen = new ScreenText(columns, rows);
    let bytes = "";
    const terminal = spawnOnTerminal(process.execPath, [program, ...args], {
      name: options.environment?.["TERM"] ?? "xterm-256color",
      cols: columns,
      rows,
      cwd: options.folder ?? this.path,
      env: this.environment(options.environment),
    });
    terminal.onData((data) => {
      bytes += data;
      screen.write(data);
    });
    const ended = new Promise<number>((resolve) => {
      terminal.onExit(({ exitCode }) => resolve(exitCode));
    });
    return {
      screen,
      bytes: () => bytes,
      press: (keys) => terminal.write(keys),
      kill: (signal) => terminal.kill(signal),
      resize: (width, height) => terminal.resize(width, height),
      shows: async (text) => {
        try {
          await eventually(text, () => screen.text.includes(text));
        } catch (error) {
          throw new Error(`The screen does not show "${text}":\n${screen.text}`, { cause: error });
        }
      },
      ended,
    };
  }

  /** The queue as `list --json` tells it. */
  async phases(options?: CallOptions): Promise<ListedPhase[]> {
    const { stdout } = await this.expect(0, ["list", "--json"], options);
    return answer(listAnswer, stdout).phases;
  }

  /** The queue as its files tell it, read in this process: no other program has to start for that. */
  async look<T>(look: (queue: QueueReader) => T): Promise<T> {
    const view = await readQueue(this.hopperFile(""), { assets: builtAssets, clock: systemClock });
    assert.ok(view, "there is no queue");
    try {
      return look(view.queue);
    } finally {
      view.dispose();
    }
  }

  async statuses(options?: CallOptions): Promise<string[]> {
    return (await this.phases(options)).map(({ status }) => status);
  }

  /** Whoever of this workspace lives, the program and everything it started. */
  processes(): FoundProcess[] {
    return processesWith(marker, this.id);
  }

  /** Waits until a phase has written this file. */
  async wrote(name: string): Promise<void> {
    await eventually(`${name} is written`, () => existsSync(this.file(name)));
  }

  /** Insists that nobody lives any more, and removes everything. */
  async dispose(): Promise<void> {
    await assertNobodyLeft(marker, this.id);
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Ends whoever a test that failed left behind, and removes everything. */
  async abandon(): Promise<void> {
    await eventually("everybody is ended", () => {
      const left = this.processes();
      for (const { pid } of left) {
        endProcess(pid);
      }
      return left.length === 0;
    });
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Gives each test of a suite a workspace of its own, and sees that nothing of it is left alive. */
export function useWorkspace(): () => Workspace {
  let workspace: Workspace | undefined;
  beforeEach(() => {
    workspace = new Workspace();
  });
  afterEach(async function () {
    await (this.currentTest?.state === "failed" ? workspace?.abandon() : workspace?.dispose());
  });
  return () => {
    assert(workspace);
    return workspace;
  };
}

export interface PhaseText {
  readonly title?: string;
  /** Lines below the heading: properties and text. */
  readonly lines?: readonly string[];
  readonly sh?: string;
  readonly verify?: string;
}

/** A plan in Markdown. */
export function planText(title: string, phases: readonly PhaseText[]): string {
  const parts = phases.map(({ title: name = "", lines = [], sh, verify }, index) => {
    const blocks = [
      ...(sh === undefined ? [] : [`\`\`\`sh\n${sh}\n\`\`\``]),
      ...(verify === undefined ? [] : [`\`\`\`sh verify\n${verify}\n\`\`\``]),
    ];
    const heading = `## Phase ${index + 1}: ${name === "" ? `Step ${index + 1}` : name}`;
    return [heading, lines.join("\n"), ...blocks].filter((part) => part !== "").join("\n\n");
  });
  return `# ${title}\n\n${parts.join("\n\n")}\n`;
}

/** A block that goes on until this file of the workspace appears. */
export function until(file: string): string {
  return `until [ -e ${file} ]; do sleep 0.02; done`;
}
