import { execFile } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ownEnvironment } from "../support/ownEnvironment";
import { cached } from "../support/vscode/cacheFolder";
import { npm } from "../support/vscode/npm";

const execute = promisify(execFile);

/** Programs that run tasks in the order of their dependencies, from the npm registry. */
const versions = { wireit: "0.14.13", nx: "24.0.6", turbo: "2.11.11" } as const;
export type Rival = keyof typeof versions;

/** Where each is installed: on demand, and outside of this project's own packages. */
export function installRivals(): Promise<string> {
  const packages = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  const name = `rivals-${packages.join("-")}-${process.platform}-${process.arch}`;
  return cached(name, async (folder) => {
    await npm(folder, ["install", "--no-audit", "--no-fund", "--prefix", folder, ...packages]);
  });
}

/** A project of a chain of tasks, each of which is `sh -e true.sh`; `run` runs all of it. */
export interface ChainProject {
  readonly run: () => Promise<unknown>;
}

/** Writes what a rival needs for a chain of so many tasks into a folder. */
export function chainProject(
  rival: Rival,
  installation: string,
  folder: string,
  tasks: number,
): ChainProject {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "true.sh"), "true\n");
  symlinkSync(join(installation, "node_modules"), join(folder, "node_modules"), "junction");
  return projects[rival](folder, tasks);
}

const step = (number: number): string => `step${number}`;
const numbers = (tasks: number): number[] => Array.from({ length: tasks }, (_, index) => index + 1);
const command = "sh -e true.sh";

/** Without caches and background services: what is measured is the running. */
const projects: Readonly<Record<Rival, (folder: string, tasks: number) => ChainProject>> = {
  wireit(folder, tasks) {
    const names = numbers(tasks);
    writeJson(folder, "package.json", {
      name: "chain",
      scripts: Object.fromEntries(names.map((number) => [step(number), "wireit"])),
      wireit: Object.fromEntries(
        names.map((number) => [
          step(number),
          { command, ...(number > 1 && { dependencies: [step(number - 1)] }) },
        ]),
      ),
    });
    return running(folder, "npm", ["run", "--silent", step(tasks)], {
      WIREIT_CACHE: "none",
      WIREIT_LOGGER: "quiet",
    });
  },

  nx(folder, tasks) {
    writeJson(folder, "package.json", { name: "chain", version: "1.0.0" });
    writeJson(folder, "nx.json", { analytics: false, neverConnectToCloud: true });
    writeJson(folder, "project.json", {
      name: "chain",
      targets: Object.fromEntries(
        numbers(tasks).map((number) => [
          step(number),
          {
            executor: "nx:run-commands",
            options: { command },
            cache: false,
            ...(number > 1 && { dependsOn: [step(number - 1)] }),
          },
        ]),
      ),
    });
    return running(folder, installed(folder, "nx"), ["run", `chain:${step(tasks)}`], {
      NX_DAEMON: "false",
      NX_TUI: "false",
    });
  },

  turbo(folder, tasks) {
    writeJson(folder, "package.json", {
      name: "chain",
      packageManager: "npm@10.0.0",
      scripts: Object.fromEntries(numbers(tasks).map((number) => [step(number), command])),
    });
    writeJson(folder, "package-lock.json", {
      name: "chain",
      lockfileVersion: 3,
      requires: true,
      packages: { "": { name: "chain" } },
    });
    writeJson(folder, "turbo.json", {
      tasks: Object.fromEntries(
        numbers(tasks).map((number) => [
          step(number),
          { cache: false, ...(number > 1 && { dependsOn: [step(number - 1)] }) },
        ]),
      ),
    });
    const args = ["run", step(tasks), "--no-daemon", "--output-logs=none"];
    return running(folder, installed(folder, "turbo"), args, { TURBO_TELEMETRY_DISABLED: "1" });
  },
};

const installed = (folder: string, name: string): string =>
  join(folder, "node_modules", ".bin", name);

function running(
  folder: string,
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): ChainProject {
  const env = { ...ownEnvironment(), NO_COLOR: "1", ...environment };
  return {
    run: () => execute(program, args, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 }),
  };
}

function writeJson(folder: string, name: string, content: unknown): void {
  writeFileSync(join(folder, name), JSON.stringify(content, null, 2));
}
