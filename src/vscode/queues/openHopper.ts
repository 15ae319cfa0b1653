import { join } from "node:path";
import type * as vscode from "vscode";
import type { OwnerClient } from "../../core/api/client";
import { createHopper, type Hopper } from "../../core/hopper";
import { findOwner } from "../../core/ownership/follower";
import { currentMachine } from "../../core/ownership/machine";
import { OwnerWatch } from "../../core/ownership/ownerWatch";
import { type Program, readOwner } from "../../core/ownership/ownerRecord";
import { currentUser, openStateFolder } from "../../core/ownership/stateFolder";
import type { Services } from "../services";

/** How a queue is opened. */
export interface OpenChoices {
  /** Nobody asked for it: the window opened, or the owner before this one ended. */
  readonly automatic: boolean;
  /** What is ready may start by itself, where the settings allow it. */
  readonly starts: boolean;
  readonly adopt?: boolean;
  readonly repair?: boolean;
  readonly takeOver?: boolean;
}

/** Who owns a queue, as far as people care. */
export interface QueueOwner {
  readonly program: Program | undefined;
  readonly pid: number | undefined;
}

/**
 * Opens a workspace folder's queue as its owner.
 *
 * @throws HopperError `owned`, `foreign`, `damaged`, `newerVersion`, `storage` or `usage`.
 */
export async function openHopper(
  path: string,
  uri: vscode.Uri,
  { version, assets, clock, logger, configuration, signIn }: Services,
  { automatic, adopt = false, repair = false, takeOver = false }: OpenChoices,
): Promise<Hopper> {
  await configuration.prepare();
  const user = currentUser();
  return createHopper({
    workspace: path,
    program: "vscode",
    version,
    assets,
    clock,
    logger,
    state: openStateFolder(user),
    machine: currentMachine(user),
    environment: process.env,
    runners: () => configuration.runners(),
    maxConcurrentPhases: () => configuration.maxConcurrentPhases(uri),
    workflowHistory: () => configuration.workflowHistory(uri),
    retention: configuration.retention(),
    automatic,
    adopt,
    repair,
    takeOver,
    github: signIn,
  });
}

/** Who owns the folder's queue; undefined when it is free. */
export function ownerOf(path: string): QueueOwner | undefined {
  const verdict = readOwner(join(path, ".hopper"), currentMachine(currentUser()));
  switch (verdict.state) {
    case "none":
    case "dead":
      return undefined;
    case "unreadable":
      return { program: undefined, pid: undefined };
    case "alive":
    case "notAnswering":
    case "elsewhere":
      return { program: verdict.owner.program, pid: verdict.owner.pid };
  }
}

/** The way to a living owner; undefined when it does not answer. */
export async function connectOwner(
  path: string,
  services: Services,
): Promise<OwnerClient | undefined> {
  const client = findOwner(path, openStateFolder(currentUser()), services.clock);
  if (!client || (await answers(client, services))) {
    return client;
  }
  client.dispose();
  return undefined;
}

/** Whether the owner is still there at the other end. */
export async function answers(
  client: OwnerClient,
  { logger }: Pick<Services, "logger">,
): Promise<boolean> {
  try {
    await client.ping();
    return true;
  } catch (error) {
    logger.warn(`The queue's owner does not answer: ${String(error)}`);
    return false;
  }
}

/**
 * Tells when nobody owns the folder's queue any more.
 *
 * @param yields whether other followers may become the owner first.
 */
export function watchOwner(
  path: string,
  { clock, logger }: Services,
  yields: () => boolean,
): OwnerWatch {
  const user = currentUser();
  const machine = currentMachine(user);
  const state = openStateFolder(user);
  return new OwnerWatch({ workspace: path, state, machine, clock, logger, yields });
}
