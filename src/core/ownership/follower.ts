import { connectOwner, type OwnerClient } from "../api/client";
import type { Clock } from "../base/clock";
import { readEndpoint } from "./endpoint";
import { identifyFolder } from "./folderIdentity";
import type { StateFolder } from "./stateFolder";

/**
 * The way for a command of this process to the workspace's owner.
 *
 * @returns undefined when no owner announced itself to this user on this machine.
 */
export function findOwner(
  workspace: string,
  state: StateFolder,
  clock: Clock,
): OwnerClient | undefined {
  const endpoint = readEndpoint(state, identifyFolder(workspace));
  return endpoint && connectOwner({ ...endpoint, clock });
}
