import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { cached, cacheFolder } from "./cacheFolder";
import { npm, runModule } from "./npm";

/**
 * The packages of the npm registry that a headless VS Code is made of. code-server's first number
 * is its own, the rest is VS Code's (4.139.1 holds 1.139.1); that server asks for Node 24.
 */
const versions = { codeServer: "4.139.1", node: "24.21.0", chromium: "147.0.0" };

/** The native parts of the server that we need; the others want system headers. */
const nativeParts = [
  "node-pty",
  "@vscode/spdlog",
  "@vscode/native-watchdog",
  "@vscode/sqlite3",
  "@parcel/watcher",
  "@vscode/deviceid",
  "@vscode/fs-copyfile",
];

const machine = `${process.platform}-${process.arch}`;

/** The programs that a VS Code server is run with. */
export interface ServerInstallation {
  readonly node: string;
  readonly serverMain: string;
}

/** A browser, and the arguments that it needs beside the usual ones. */
export interface BrowserInstallation {
  readonly executable: string;
  readonly args: readonly string[];
}

/** Finds the server of VS Code in the cache, or installs it there: some minutes, once. */
export async function serverInstallation(): Promise<ServerInstallation> {
  const name = `server-${versions.codeServer}-node-${versions.node}-${machine}`;
  const folder = await installed("a server of VS Code", name, installServer);
  return {
    node: join(folder, nodeBelow),
    serverMain: join(folder, vscodeBelow, "out", "server-main.js"),
  };
}

/** Finds a Chromium: the one named, the system's, Playwright's; else one from the npm registry. */
export async function browserInstallation(): Promise<BrowserInstallation> {
  const named = process.env["PHASE_HOPPER_TEST_CHROMIUM"] ?? "";
  const candidates = [named, "/usr/bin/chromium", "/usr/bin/chromium-browser"];
  const found = [...candidates, chromium.executablePath()].find((path) => existsSync(path));
  if (found !== undefined) {
    return { executable: found, args: [] };
  }
  const folder = await installed(
    "a Chromium",
    `chromium-${versions.chromium}-${machine}`,
    installChromium,
  );
  // Its package is made for small machines: these are the ones of its arguments that matter here.
  return { executable: join(folder, "chromium"), args: ["--no-zygote", "--use-angle=swiftshader"] };
}

const nodeBelow = join("node_modules", "node", "bin", "node");
const vscodeBelow = join("node_modules", "code-server", "lib", "vscode");
const install = ["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"];

async function installServer(folder: string): Promise<void> {
  const packages = [`node@${versions.node}`, `code-server@${versions.codeServer}`];
  await npm(folder, [...install, "--ignore-scripts", "--prefix", folder, ...packages]);
  await npm(folder, ["rebuild", "--prefix", folder, "node"]);
  const node = join(folder, nodeBelow);
  const vscode = join(folder, vscodeBelow);
  await npm(vscode, ["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], node);
  await npm(vscode, ["rebuild", ...nativeParts], node);
}

async function installChromium(folder: string): Promise<void> {
  const name = `@sparticuz/chromium@${versions.chromium}`;
  await npm(folder, [...install, "--prefix", folder, name]);
  // The package unpacks into the folder for temporary files: that is to be ours.
  await runModule(
    folder,
    'import chromium from "@sparticuz/chromium"; await chromium.executablePath();',
    { ...process.env, TMPDIR: folder },
  );
  rmSync(join(folder, "node_modules"), { recursive: true });
}

/** `cached`, with a message that says what to do instead. */
async function installed(
  what: string,
  name: string,
  install: (folder: string) => Promise<void>,
): Promise<string> {
  try {
    if (!existsSync(join(cacheFolder(), name))) {
      console.log(`Installing ${what} from the npm registry into ${cacheFolder()}, once.`);
    }
    return await cached(name, install);
  } catch (error) {
    throw new Error(
      `There is no VS Code to test in: ${what} could not be installed into ${cacheFolder()}. ` +
        "See CONTRIBUTING.md (Tests in VS Code) for what it needs and for the ways around it.",
      { cause: error },
    );
  }
}
