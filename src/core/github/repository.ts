import { HopperError } from "../base/errors";
import { words } from "../base/words";
import type { Repository } from "../protocol/mirrors";

/** Where github.com's REST API is. */
export const publicApiUrl = "https://api.github.com";

/** A repository with the host it is on: "github.com", "git.example.com:8443". */
export interface HostedRepository extends Repository {
  readonly host: string;
}

/**
 * The repository that the address of a Git remote names, in any of the forms that Git takes:
 * `https://host/owner/name.git`, `git@host:owner/name`, `ssh://git@host:22/owner/name`, `git://…`.
 *
 * @returns undefined for a path on this machine and for anything that is no repository on a server.
 */
export function parseRemote(address: string): HostedRepository | undefined {
  const trimmed = address.trim();
  const scp = /^(?:[^@/\s]+@)?([\w.-]+):(?!\/)([^\s]+)$/.exec(trimmed);
  const url = scp ? undefined : urlOf(trimmed);
  const host = scp?.[1] ?? (url && hostOf(url));
  const path = scp?.[2] ?? url?.pathname;
  const [, owner, name] = /^\/*([\w.-]+)\/([\w.-]+?)(?:\.git)?\/*$/.exec(path ?? "") ?? [];
  return host === undefined || host === "" || owner === undefined || name === undefined
    ? undefined
    : { host: host.toLowerCase(), owner, name };
}

/**
 * The repository that a person wrote: `owner/name`, or an address as {@link parseRemote} takes.
 *
 * @param host the host of a name without one.
 * @throws HopperError `usage`
 */
export function parseRepository(text: string, host: string): HostedRepository {
  const [, owner, name] = /^\s*([\w.-]+)\/([\w.-]+)\s*$/.exec(text) ?? [];
  const found =
    owner !== undefined && name !== undefined ? { host, owner, name } : parseRemote(text);
  if (!found) {
    throw new HopperError(
      "usage",
      words`"${text}" is no GitHub repository: write it as owner/name, or as the address of a Git remote.`,
    );
  }
  return found;
}

/**
 * The address of a server's REST API, without a slash at its end.
 *
 * @param text what a person wrote: `https://git.example.com`, with or without `/api/v3`.
 * @throws HopperError `usage`
 */
export function parseApiUrl(text: string): string {
  const url = urlOf(text.trim());
  const isLocal = url && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (!url || !(url.protocol === "https:" || (url.protocol === "http:" && isLocal))) {
    throw new HopperError(
      "usage",
      words`"${text}" cannot be the address of a GitHub server: it must begin with https://.`,
    );
  }
  const path = url.pathname.replace(/(?<!\/)\/+$/, "");
  if (url.host === "github.com" || url.host === "api.github.com") {
    return publicApiUrl;
  }
  const isBare = path === "" && !isLocal && !url.hostname.startsWith("api.");
  return `${url.origin}${isBare ? "/api/v3" : path}`;
}

/** The host on which the repositories of an API are: "github.com" for api.github.com. */
export function hostOfApi(apiUrl: string): string {
  return new URL(apiUrl).host.replace(/^api\.(?=.*\.)/, "");
}

/** The server of an API, for people: "https://github.com". */
export function webUrlOfApi(apiUrl: string): string {
  return `${new URL(apiUrl).protocol}//${hostOfApi(apiUrl)}`;
}

/** Whether an API is that of the server at an address for people. */
export function isApiOf(apiUrl: string, serverUrl: string): boolean {
  const server = urlOf(serverUrl);
  return server !== undefined && `${server.protocol}//${server.host}` === webUrlOfApi(apiUrl);
}

/** The address of an issue, for people. */
export function issueUrl(apiUrl: string, { owner, name }: Repository, number: number): string {
  return `${webUrlOfApi(apiUrl)}/${owner}/${name}/issues/${number}`;
}

/** @throws HopperError `usage` for a repository on another server than the sign-in is for. */
export function refuseOtherHost({ host }: HostedRepository, ours: string, remedy: string): void {
  if (host !== ours) {
    throw new HopperError(
      "usage",
      words`The repository is on ${host}, and the sign-in is for ${ours}: ${remedy}`,
    );
  }
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** An ssh address has a port of its own, which says nothing of the web server's. */
function hostOf({ protocol, host, hostname }: URL): string {
  return protocol === "http:" || protocol === "https:" ? host : hostname;
}
