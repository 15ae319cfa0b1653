import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { endProcess, processesWith } from "../processes";
import type { ServerInstallation } from "./installation";

/** In the environment of the server and of everything that it starts. */
const marker = "HOPPER_TEST_SERVER";
/** How long the server may take to listen: 1 s on an idle machine. */
const startPatience = 60_000;
const stopPatience = 5_000;

/** Settings that keep the workbench quiet, so that tests and screenshots show our things only. */
const quietSettings = {
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "remote.autoForwardPorts": false,
  "security.workspace.trust.enabled": false,
  "window.commandCenter": false,
  // What moves is drawn sixty times a second by the processor: that takes most of it.
  "workbench.reduceMotion": "on",
  "workbench.colorTheme": "Dark Modern",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

export type Settings = Readonly<Record<string, unknown>>;

export interface ServerOptions {
  readonly settings?: Settings;
  /** Added to the environment of the server and its extension hosts. */
  readonly environment?: NodeJS.ProcessEnv;
  /** The folder of an extension that is installed, as if from its package. */
  readonly extension?: string | undefined;
  /** The folders of other extensions that are installed beside it, by their names. */
  readonly others?: Readonly<Record<string, string>>;
  /** Names of extensions that come with VS Code and are left out. */
  readonly without?: readonly string[];
  /** A folder of extensions that were installed already, in place of an own one. */
  readonly extensions?: string;
  /**
   * Lets a page hand over tests for the extension host. VS Code shows no notifications then, so a
   * test that looks at the workbench goes without and has the extension installed.
   */
  readonly runsTests?: boolean;
}

/** A server of VS Code with a home, settings and extensions of its own. */
export class VsCodeServer {
  private settings: Settings = quietSettings;

  private constructor(
    readonly root: string,
    private readonly id: string,
    private readonly child: ChildProcessByStdio<null, Readable, Readable>,
    /** The host and port, as the browser and remote addresses name them. */
    readonly authority: string,
  ) {}

  /** Starts a server and waits until it listens. */
  static async start(
    installation: ServerInstallation,
    options: ServerOptions = {},
  ): Promise<VsCodeServer> {
    const root = realpathSync(mkdtempSync(join(tmpdir(), "hopper-vscode-")));
    const id = randomUUID();
    const home = join(root, "home");
    mkdirSync(home);
    if (options.extensions === undefined) {
      mkdirSync(join(root, "extensions"));
    } else {
      cpSync(options.extensions, join(root, "extensions"), { recursive: true });
    }
    const installed = {
      ...options.others,
      ...(options.extension !== undefined && { "phase-hopper": options.extension }),
    };
    for (const [name, folder] of Object.entries(installed)) {
      symlinkSync(folder, join(root, "extensions", name), "junction");
    }
    const settings = { ...quietSettings, ...options.settings };
    writeSettings(root, settings);
    const child = spawn(installation.node, serverArguments(installation, root, options), {
      cwd: root,
      // A process group of its own, so that everything in it can be ended together.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        HOME: home,
        XDG_STATE_HOME: join(root, "state"),
        [marker]: id,
        ...options.environment,
      },
    });
    try {
      const port = await listeningPort(child);
      const server = new VsCodeServer(root, id, child, `localhost:${port}`);
      server.settings = settings;
      return server;
    } catch (error) {
      await endServer(child, id);
      rmSync(root, { recursive: true, force: true });
      throw error;
    }
  }

  get url(): string {
    return `http://${this.authority}/`;
  }

  /** Changes the user's settings; a page shows them when it is loaded again. */
  changeSettings(changes: Settings): void {
    this.settings = { ...this.settings, ...changes };
    writeSettings(this.root, this.settings);
  }

  /** A setting as the user has it. */
  setting(name: string): unknown {
    return this.settings[name];
  }

  /** The environment of what belongs to this server: `stop()` ends whoever has it. */
  get environment(): Readonly<Record<string, string>> {
    return { [marker]: this.id };
  }

  /** Processes that the server, its extension hosts and what they started have alive. */
  processes() {
    return processesWith(marker, this.id);
  }

  /** Ends the server and everything below it, phases in sessions of their own included. */
  async stop(): Promise<void> {
    await endServer(this.child, this.id);
    rmSync(this.root, { recursive: true, force: true });
  }
}

function serverArguments(
  { serverMain }: ServerInstallation,
  root: string,
  { runsTests = false, without = [] }: ServerOptions,
): string[] {
  return [
    ...[serverMain, "--host", "127.0.0.1", "--port", "0", "--without-connection-token"],
    ...["--accept-server-license-terms", "--telemetry-level", "off"],
    ...(runsTests ? ["--enable-smoke-test-driver"] : []),
    ...["--server-data-dir", join(root, "server"), "--user-data-dir", join(root, "user")],
    ...["--extensions-dir", join(root, "extensions")],
    ...(without.length === 0
      ? []
      : ["--builtin-extensions-dir", builtInWithout(without, serverMain, root)]),
  ];
}

/** A folder with the extensions that come with VS Code, but these. */
function builtInWithout(names: readonly string[], serverMain: string, root: string): string {
  const all = resolve(dirname(serverMain), "../extensions");
  const folder = join(root, "built-in");
  mkdirSync(folder);
  for (const name of readdirSync(all).filter((found) => !names.includes(found))) {
    symlinkSync(join(all, name), join(folder, name), "junction");
  }
  return folder;
}

/** The user's, and the machine's: only there a server looks for settings that belong to a machine. */
function writeSettings(root: string, settings: Settings): void {
  for (const place of ["User", "Machine"]) {
    mkdirSync(join(root, "user", place), { recursive: true });
    writeFileSync(join(root, "user", place, "settings.json"), JSON.stringify(settings, null, 2));
  }
}

/** Resolves with the port once the server says that it listens. */
function listeningPort(child: ChildProcessByStdio<null, Readable, Readable>): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = "";
    const fail = (what: string, cause?: unknown): void => {
      clearTimeout(timer);
      reject(new Error(`The server of VS Code ${what}.\n${output.slice(-2000)}`, { cause }));
    };
    const timer = setTimeout(
      () => fail(`did not listen within ${startPatience / 1000} s`),
      startPatience,
    );
    const read = (data: string): void => {
      output = (output + data).slice(-10_000);
      const port = /Extension host agent listening on (\d+)/.exec(output)?.[1];
      if (port !== undefined) {
        clearTimeout(timer);
        resolve(Number(port));
      }
    };
    // Read to the end: a full pipe would stop the server.
    child.stdout.setEncoding("utf8").on("data", read);
    child.stderr.setEncoding("utf8").on("data", read);
    child.on("error", (error) => fail("could not be started", error));
    child.on("exit", (code) => fail(`ended with code ${code ?? "none"} before it listened`));
  });
}

async function endServer(
  child: ChildProcessByStdio<null, Readable, Readable>,
  id: string,
): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    signalGroup(child.pid, "SIGTERM");
    const force = setTimeout(() => child.kill("SIGKILL"), stopPatience);
    await ended;
    clearTimeout(force);
    signalGroup(child.pid, "SIGKILL");
  }
  // Terminals and phases live in sessions of their own. Whoever is found may just have started
  // another one, so look until nobody is left.
  for (let left = processesWith(marker, id); left.length > 0; left = processesWith(marker, id)) {
    left.forEach(({ pid }) => endProcess(pid));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // Nobody of it is left.
  }
}
