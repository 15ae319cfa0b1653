import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as z from "zod";
import { HopperError } from "../base/errors";
import { parseJson } from "../base/validate";
import { words } from "../base/words";
import { folderKey, type FolderIdentity } from "./folderIdentity";
import { readPrivateFile, replacePrivateFile } from "./privateFile";
import { socketPath, type StateFolder } from "./stateFolder";
import { newToken } from "./tcpAddress";

const endpointSchema = z.object({
  socketPath: z.string(),
  token: z.string().regex(/^[0-9a-f]{64}$/),
  ownerId: z.uuid(),
  pid: z.int().positive(),
});

/** Where a workspace's owner listens, and the secret that it and its followers share. */
export type Endpoint = Readonly<z.infer<typeof endpointSchema>>;

/**
 * An endpoint of its own for each start: 256 bits of token, and a socket whose path no other owner
 * uses, because a server that closes late removes whatever stands at its path.
 */
export function newEndpoint(state: StateFolder, folder: FolderIdentity, ownerId: string): Endpoint {
  return {
    socketPath: socketPath(state, `${folderKey(folder)}-${ownerId.slice(0, 8)}`),
    token: newToken(),
    ownerId,
    pid: process.pid,
  };
}

/**
 * Tells the workspace's followers; to be called by the owner once it listens. Sockets and half-written
 * records that killed owners of this workspace left behind are removed.
 */
export function announceEndpoint(
  state: StateFolder,
  folder: FolderIdentity,
  endpoint: Endpoint,
): void {
  replacePrivateFile(endpointFile(state, folder), `${JSON.stringify(endpoint)}\n`);
  const key = folderKey(folder);
  sweep(state.endpoints, (name) => name.startsWith(`${key}.json.`) && name.endsWith(".tmp"));
  if (state.user.platform !== "win32") {
    const own = basename(endpoint.socketPath);
    sweep(dirname(endpoint.socketPath), (name) => name.startsWith(`${key}-`) && name !== own);
  }
}

function sweep(folder: string, isLeft: (name: string) => boolean): void {
  for (const name of readdirSync(folder).filter(isLeft)) {
    rmSync(join(folder, name), { force: true });
  }
}

/** Where the owner that wrote this record listens; undefined where the record cannot be understood. */
export function readListeningPath(record: string): string | undefined {
  try {
    const text = readPrivateFile(record);
    return text === undefined ? undefined : parseJson(endpointSchema, text, "").socketPath;
  } catch (error) {
    if (error instanceof HopperError) {
      return undefined;
    }
    throw error;
  }
}

/** The endpoint that the workspace's owner announced last; undefined without one. */
export function readEndpoint(state: StateFolder, folder: FolderIdentity): Endpoint | undefined {
  const path = endpointFile(state, folder);
  const text = readPrivateFile(path);
  try {
    return text === undefined ? undefined : parseJson(endpointSchema, text, "");
  } catch (error) {
    // Without the cause: it quotes the text, and the text holds a token.
    if (error instanceof HopperError) {
      throw new HopperError(
        "unavailable",
        words`${path} is damaged; start the queue's owner again.`,
      );
    }
    throw error;
  }
}

/** Withdraws the endpoint, unless another owner has announced its own since. */
export function withdrawEndpoint(
  state: StateFolder,
  folder: FolderIdentity,
  endpoint: Endpoint,
): void {
  if (readEndpoint(state, folder)?.ownerId === endpoint.ownerId) {
    rmSync(endpointFile(state, folder), { force: true });
  }
}

function endpointFile(state: StateFolder, folder: FolderIdentity): string {
  return join(state.endpoints, `${folderKey(folder)}.json`);
}
