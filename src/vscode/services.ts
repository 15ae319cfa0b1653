import * as vscode from "vscode";
import type { Assets } from "../core/base/assets";
import { type Clock, systemClock } from "../core/base/clock";
import type { Logger } from "../core/base/log";
import { Configuration } from "./configuration";
import { asMessage } from "./foreignText";
import { GitHubSignIn } from "./github/signIn";

/** What every part of the extension works with. */
export interface Services {
  readonly version: string;
  readonly assets: Assets;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly configuration: Configuration;
  readonly signIn: GitHubSignIn;
}

/** Keeps a part for as long as the extension lives. */
export type Own = <T extends vscode.Disposable>(part: T) => T;

/** Makes the services. */
export function createServices(
  { extension, extensionUri }: vscode.ExtensionContext,
  channel: vscode.LogOutputChannel,
  own: Own,
): Services {
  const configuration = own(
    new Configuration((message) => {
      channel.error(message);
      void vscode.window.showErrorMessage(asMessage(message));
    }),
  );
  return {
    version: versionOf(extension),
    assets: assetsOf(extensionUri),
    clock: systemClock,
    logger: channelLogger(channel),
    configuration,
    signIn: own(new GitHubSignIn(() => configuration.githubApiUrl(), systemClock)),
  };
}

function versionOf({ packageJSON }: vscode.Extension<unknown>): string {
  const manifest: unknown = packageJSON;
  const version =
    typeof manifest === "object" && manifest !== null && "version" in manifest
      ? manifest.version
      : undefined;
  return typeof version === "string" ? version : "unknown";
}

/** The files that the core needs beside the extension's bundle. */
function assetsOf(extension: vscode.Uri): Assets {
  const path = (name: string): string => vscode.Uri.joinPath(extension, "dist", name).fsPath;
  return {
    sqlWasm: path("sql-wasm.wasm"),
    snapshotWorker: path("snapshotWorker.js"),
    historyWorker: path("historyWorker.js"),
    planWorker: path("planWorker.js"),
    wrapperScript: path("wrapper.sh"),
    wrapperProgram: path("wrapper.js"),
    launcherScript: path("launcher.sh"),
  };
}

/** Writes what the core reports into the extension's output channel. */
function channelLogger(channel: vscode.LogOutputChannel): Logger {
  return {
    debug: (message) => channel.debug(message),
    info: (message) => channel.info(message),
    warn: (message) => channel.warn(message),
    error: (message, error) =>
      error === undefined ? channel.error(message) : channel.error(message, error),
  };
}
