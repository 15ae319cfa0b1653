import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, extname, isAbsolute, resolve } from "node:path";

/**
 * The absolute path of `program`: looked up in PATH as a shell in `workspace` would, undefined when
 * nothing there can be executed.
 */
export function findProgram(
  program: string,
  environment: NodeJS.ProcessEnv,
  workspace: string,
): string | undefined {
  if (program.includes("/") || (process.platform === "win32" && program.includes("\\"))) {
    return executable(isAbsolute(program) ? program : resolve(workspace, program));
  }
  for (const folder of (pathOf(environment) ?? "").split(delimiter)) {
    const found = executable(resolve(workspace, folder, program));
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/**
 * Whether Windows would need `cmd.exe` to run this file. Its arguments cannot be quoted safely
 * (CVE-2024-27980), so such a file is never run as a step.
 */
export function needsCommandShell(program: string): boolean {
  return process.platform === "win32" && /^\.(?:cmd|bat)$/i.test(extname(program));
}

function pathOf(environment: NodeJS.ProcessEnv): string | undefined {
  const name = Object.keys(environment).find((key) =>
    process.platform === "win32" ? key.toUpperCase() === "PATH" : key === "PATH",
  );
  return name === undefined ? undefined : environment[name];
}

function executable(file: string): string | undefined {
  return candidates(file).find((candidate) => {
    try {
      // Most folders of a PATH do not hold the program, and an exception costs more than a look.
      if (!existsSync(candidate) || !statSync(candidate).isFile()) {
        return false;
      }
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** On Windows a program is found by its extensions; `.exe` first, for it needs no shell. */
function candidates(file: string): readonly string[] {
  if (process.platform !== "win32" || extname(file) !== "") {
    return [file];
  }
  return [".exe", ".com", ".cmd", ".bat"].map((extension) => file + extension);
}
