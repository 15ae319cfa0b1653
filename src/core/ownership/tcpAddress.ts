import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { folderKey, type FolderIdentity } from "./folderIdentity";
import { readPrivateFile, replacePrivateFile } from "./privateFile";
import type { StateFolder } from "./stateFolder";

/** Where programs of this machine reach the API over TCP, and where the token lies that they need. */
export interface TcpAddress {
  /** `http://127.0.0.1:PORT`; the one line of {@link urlFile}. */
  readonly url: string;
  readonly urlFile: string;
  /** Readable by its user alone; its one line is the token. */
  readonly tokenFile: string;
}

/** 256 bits, new for each start. */
export function newToken(): string {
  return randomBytes(32).toString("hex");
}

/** Where a workspace's owner announces its address, whether or not one does. */
export function tcpAddressFiles(
  state: StateFolder,
  folder: FolderIdentity,
): Pick<TcpAddress, "urlFile" | "tokenFile"> {
  const key = folderKey(folder);
  return {
    urlFile: join(state.api, `${key}.url`),
    tokenFile: join(state.api, `${key}.token`),
  };
}

/**
 * Writes address and token into files of the user's state folder, outside the workspace. What an
 * owner that was killed left there is replaced.
 *
 * @throws HopperError `storage`
 */
export function announceTcp(
  state: StateFolder,
  folder: FolderIdentity,
  port: number,
  token: string,
): TcpAddress {
  const address = { ...tcpAddressFiles(state, folder), url: `http://127.0.0.1:${port}` };
  // The token first: whoever finds the address finds the token that belongs to it.
  replacePrivateFile(address.tokenFile, `${token}\n`);
  replacePrivateFile(address.urlFile, `${address.url}\n`);
  return address;
}

/** Removes the files again, unless another owner has announced its own since. */
export function withdrawTcp({ urlFile, tokenFile }: TcpAddress, token: string): void {
  if (readPrivateFile(tokenFile)?.trim() === token) {
    rmSync(urlFile, { force: true });
    rmSync(tokenFile, { force: true });
  }
}
