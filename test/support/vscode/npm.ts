import { execFile } from "node:child_process";
import { delimiter, dirname } from "node:path";

/** How many lines of a failed command are shown. */
const shownLines = 15;

/** Calls npm in a folder, with the given program as `node` first on its PATH. */
export function npm(
  folder: string,
  args: readonly string[],
  node = process.execPath,
): Promise<string> {
  // What the npm above us says about its own project must not steer this one.
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(npm_(package|lifecycle|config_local_prefix)|INIT_CWD|NODE_OPTIONS)/i.test(name),
    ),
  );
  return run(process.platform === "win32" ? "npm.cmd" : "npm", args, folder, {
    ...environment,
    // Native parts are compiled on all cores.
    JOBS: "max",
    PATH: `${dirname(node)}${delimiter}${process.env["PATH"] ?? ""}`,
  });
}

/** Runs a small module program with Node and answers what it printed. */
export function runModule(
  folder: string,
  source: string,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  return run(process.execPath, ["--input-type=module", "--eval", source], folder, environment);
}

function run(
  program: string,
  args: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, env, shell: process.platform === "win32", maxBuffer: 2 ** 26 };
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout.trim());
        return;
      }
      const output = `${stdout}\n${stderr}`.trim().split("\n").slice(-shownLines).join("\n  ");
      const call = [program, ...args].join(" ");
      reject(new Error(`"${call}" failed in ${folder}:\n  ${output}`, { cause: error }));
    });
  });
}
