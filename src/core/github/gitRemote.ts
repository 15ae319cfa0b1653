import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { HopperError } from "../base/errors";
import { words } from "../base/words";
import { type HostedRepository, parseRemote } from "./repository";

const run = promisify(execFile);

/**
 * The GitHub repository that a folder's Git remotes name: `origin`, or the only one there is.
 *
 * @param host only remotes on this host count.
 * @throws HopperError `usage` when that cannot be said; the message names the remedy.
 */
export async function repositoryOfFolder(folder: string, host: string): Promise<HostedRepository> {
  const remotes = await remotesOf(folder);
  const suitable = [...remotes].flatMap(([name, address]) => {
    const repository = parseRemote(address);
    return repository?.host === host ? [{ name, repository }] : [];
  });
  const chosen = suitable.find(({ name }) => name === "origin") ?? suitable[0];
  if (!chosen || (chosen.name !== "origin" && suitable.length > 1)) {
    const names = suitable.map(({ name }) => name).join(", ");
    throw new HopperError(
      "usage",
      suitable.length > 1
        ? words`The folder ${folder} has several remotes on ${host} (${names}): name the repository, as owner/name, in the setting phaseHopper.github.repository or with --repo.`
        : words`The folder ${folder} has no Git remote on ${host}: name the repository, as owner/name, in the setting phaseHopper.github.repository or with --repo.`,
    );
  }
  return chosen.repository;
}

/** Names and addresses; none where there is no repository or no Git. */
async function remotesOf(folder: string): Promise<ReadonlyMap<string, string>> {
  try {
    // Asked of Git, since a work tree, a submodule or an included file may hold them. It runs nothing.
    const pattern = String.raw`^remote\..*\.url$`;
    const { stdout } = await run("git", ["-C", folder, "config", "-z", "--get-regexp", pattern], {
      timeout: 10_000,
      windowsHide: true,
    });
    return new Map(
      stdout.split("\0").flatMap((entry) => {
        const [key = "", address] = entry.split("\n");
        return address === undefined
          ? []
          : [[key.slice("remote.".length, -".url".length), address]];
      }),
    );
  } catch {
    return new Map();
  }
}
