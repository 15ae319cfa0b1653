import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { ApiDoor, queueSource } from "./apiDoor";
import type { Assets } from "./base/assets";
import { type Clock, isoNow } from "./base/clock";
import { errorMessage, HopperError } from "./base/errors";
import type { Event } from "./base/event";
import type { Logger } from "./base/log";
import { type Text, words } from "./base/words";
import { AttemptFolders } from "./coordinator/attemptFolders";
import { Coordinator } from "./coordinator/coordinator";
import { crashLoopReason, noteAutomaticStart } from "./coordinator/crashLoop";
import { applyRetention, type Retention, standardRetention } from "./coordinator/retention";
import { whatItWaitsFor } from "./coordinator/waiting";
import { OutsideFile, type OutsideFileSettings } from "./coordinator/outsideFile";
import { WorkflowHistory } from "./coordinator/workflowHistory";
import { WorkflowReports } from "./coordinator/workflowReports";
import { type GitHubAccess, MirrorWorker } from "./github/mirrorWorker";
import { mirrorCommands } from "./mirrorCommands";
import { admitQueue, nameDatabase } from "./ownership/admission";
import { type FolderIdentity, identifyFolder } from "./ownership/folderIdentity";
import { KnownDatabases } from "./ownership/knownDatabases";
import type { Machine } from "./ownership/machine";
import { type Ownership, takeOwnership } from "./ownership/ownership";
import type { Program } from "./ownership/ownerRecord";
import type { StateFolder } from "./ownership/stateFolder";
import { sweepState } from "./ownership/stateSweep";
import type { TcpAddress } from "./ownership/tcpAddress";
import { WorkspaceWatch } from "./ownership/workspaceWatch";
import type { HopperCommands } from "./protocol/commands";
import type { QueueEvent } from "./protocol/queue";
import type { Runners } from "./protocol/runners";
import type { HopperSnapshot, Waiting } from "./protocol/snapshot";
import { Queue } from "./queue/queue";
import type { QueueReader } from "./queue/queueReader";
import { Store } from "./queue/store";
import { type StoreFileSystem, storePaths } from "./queue/storeFiles";
import { queueCommands } from "./queueCommands";
import { createAttemptRunner } from "./runner/attemptRunner";

export interface HopperOptions {
  /** The workspace folder; its queue lives in `.hopper/`. */
  readonly workspace: string;
  readonly program: Program;
  readonly version: string;
  readonly assets: Assets;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly state: StateFolder;
  readonly machine: Machine;
  /** The environment that attempts inherit, less what they must not see. */
  readonly environment: NodeJS.ProcessEnv;
  /** Asked each time, so that changed settings count at once. */
  readonly runners: () => Runners;
  readonly maxConcurrentPhases: () => number;
  /** Where outside programs note their runs, asked each time; undefined where nowhere. */
  readonly workflowHistory?: () => OutsideFileSettings | undefined;
  readonly retention?: Retention;
  /** Trusts a queue that this user did not make on this machine. */
  readonly adopt?: boolean;
  /** Takes the queue from an owner that does not answer, or that cannot be seen from here. */
  readonly takeOver?: boolean;
  /** Goes on with what can be read of damaged files. */
  readonly repair?: boolean;
  /** The host starts by itself, without anybody asking: crash loops are noticed. */
  readonly automatic?: boolean;
  /** The sign-in to GitHub; without it what is mirrored is kept, and nothing is written. */
  readonly github?: GitHubAccess;
  /** The file operations of the queue's store; tests make them fail. */
  readonly files?: StoreFileSystem;
}

/** How other programs of this machine come to the queue. */
export interface ApiAccess {
  /** Where the API answers over TCP; undefined while that is off. */
  apiAddress(): TcpAddress | undefined;
  /**
   * Switches TCP on, at this port or, with 0, at any that is free; with a new token each time.
   *
   * @throws HopperError `unavailable` or `storage`; TCP is off then, and all else goes on.
   */
  openApi(port: number): Promise<TcpAddress>;
  closeApi(): Promise<void>;
}

/** A workspace's queue and everything that works on it, in the one process that owns it. */
export interface Hopper extends HopperCommands, ApiAccess {
  readonly queue: QueueReader;
  /** Fires after each durable change with everything it announces, in order. */
  readonly onDidChange: Event<readonly QueueEvent[]>;
  /**
   * Fires once when the workspace folder was removed, moved away or replaced while its queue is open
   * (kind `storage`), or another process took the queue over (kind `owned`). Nothing more is started or
   * stored from then on ({@link waiting} says `trouble`), so the host shall show the error and stop; it
   * may follow the new owner. Running phases go on with their wrappers.
   */
  readonly onDidLoseWorkspace: Event<HopperError>;
  /**
   * Fires when something that is tried again and again keeps the queue from going on, such as a full
   * disk, and, with undefined, when that is over. {@link waiting} says `trouble` meanwhile.
   */
  readonly onDidChangeTrouble: Event<Text | undefined>;
  /** What writes mirrored plans to GitHub; undefined without a sign-in. */
  readonly mirrors: MirrorWorker | undefined;
  /** What opening found and did about it, for the user. */
  readonly notices: readonly string[];
  /**
   * The newest event before opening changed anything. What came after it, such as ends of phases while
   * nobody was here, may have been announced before anybody could listen.
   */
  readonly eventBeforeOpening: number;
  /** Where an attempt keeps its files. */
  attemptFolder(queueId: string, attemptNumber: number): string;
  /** Starts what is ready from now on, of one plan or of the whole queue. */
  run(planId?: string): void;
  /** Starts nothing more; what runs goes on. */
  stopStarting(): void;
  /** Stops whatever runs; resolves when nobody of it lives. */
  cancelAll(): Promise<void>;
  clearCompleted(): void;
  /** @param say puts it into the language of who reads it; English without. */
  waiting(planId?: string, say?: (text: Text) => string): Waiting;
  snapshot(): HopperSnapshot;
  /** Releases everything, in reverse; running phases go on with their wrappers. */
  stop(): Promise<void>;
}

/**
 * Builds the parts into one hopper: takes ownership, opens the queue, settles what an earlier host
 * left, and listens for followers. Nothing is started before {@link Hopper.run} or a command.
 *
 * @throws HopperError `owned`, `foreign`, `damaged`, `newerVersion`, `storage` or `usage`; what was
 * opened is closed again.
 */
export async function createHopper(options: HopperOptions): Promise<Hopper> {
  const { clock, logger, assets, state, workspace } = options;
  const folder = identifyFolder(workspace);
  refuseLineBreaks(folder.path);
  const hopperFolder = hopperFolderOf(folder.path);
  const closers: (() => void | Promise<void>)[] = [];
  try {
    const ownership = await takeOwnership({ ...options, hopperFolder });
    closers.push(() => ownership.dispose());
    const known = new KnownDatabases(state);
    const store = await Store.open({
      paths: storePaths(hopperFolder),
      files: options.files ?? fs,
      assets,
      clock,
      logger,
      newDatabaseId: () => nameDatabase(known, folder),
      ...(options.repair && { repair: true }),
      ...(options.takeOver && { takeOver: true }),
      onNewGeneration: (generation) => ownership.recordGeneration(generation),
    });
    closers.push(() => store.close());
    ownership.recordGeneration(store.generation);
    const queue = new Queue(store, clock, logger);
    if (options.repair) {
      queue.lookBeforeCreating();
    }
    const adopt = options.adopt ?? false;
    const { isFromElsewhere, notices } = admitQueue({ queue, hopperFolder, folder, known, adopt });
    const runner = createAttemptRunner({ assets, clock, logger, environment: options.environment });
    closers.push(() => runner.dispose());
    const history = openHistory(options, queue);
    closers.push(() => history.dispose());
    const coordinator = new Coordinator({
      queue,
      runner,
      clock,
      logger,
      workspace: folder.path,
      hopperFolder,
      runners: options.runners,
      maxConcurrentPhases: options.maxConcurrentPhases,
      workflowsAtClaim: (queueId) => history.atClaim(queueId),
    });
    closers.push(() => coordinator.dispose());
    const watch = new WorkspaceWatch(folder, () => ownership.standing(), clock, logger);
    closers.push(() => watch.dispose());
    watch.onDidLose(({ message, words: why }) => {
      logger.error(message);
      coordinator.giveUp(why);
    });
    const eventBeforeOpening = queue.lastEventId;
    if (options.automatic) {
      // Before anything that could take this host down like those before it.
      const { owner, cleanStop } = ownership.previous;
      noteAutomaticStart(queue, clock, cleanStop || owner === undefined);
    }
    await coordinator.recover({ distrust: isFromElsewhere });
    const reports = new WorkflowReports(queue, coordinator, history, options.runners);
    history.start({
      start: (queueId) => void coordinator.startPhase(queueId),
      settle: (queueId, outcome, { key, errorMessage: note }) =>
        void coordinator.report(queueId, outcome, note, { workflow: key }),
    });
    const mirrors = options.github && mirrorTo(options.github, queue, options);
    closers.push(() => mirrors?.stop());
    const hopper = hopperOf(options, folder, {
      ownership,
      notices: [...store.notices, ...notices],
      queue,
      coordinator,
      reports,
      watch,
      mirrors,
      eventBeforeOpening,
      closers,
    });
    const folders = new AttemptFolders(hopperFolder, logger);
    const source = queueSource(queue, folders, clock, () => hopper.waiting());
    const { ownerId } = ownership;
    const door = new ApiDoor({ ...options, folder, ownerId, commands: hopper, source });
    closers.push(() => door.close());
    await door.open();
    void tidy(queue, hopperFolder, options);
    void sweepState(state, dirname(door.socketPath), clock, logger);
    return { ...hopper, ...accessOf(door) };
  } catch (error) {
    await closeAll(closers, logger);
    throw error;
  }
}

/** Attempts' folders go onto lines that the launcher reads: with a line break in them nothing starts. */
function refuseLineBreaks(path: string): void {
  if (/[\n\r]/.test(path)) {
    throw new HopperError(
      "usage",
      words`The path of the workspace folder ${JSON.stringify(path)} contains a line break, so no phase could be started in it: rename the folder.`,
    );
  }
}

/** Where the queue of a workspace folder lives. */
export function hopperFolderOf(workspace: string): string {
  return join(workspace, ".hopper");
}

interface Parts {
  readonly ownership: Ownership;
  readonly notices: readonly string[];
  readonly queue: Queue;
  readonly coordinator: Coordinator;
  readonly reports: WorkflowReports;
  readonly watch: WorkspaceWatch;
  readonly mirrors: MirrorWorker | undefined;
  readonly eventBeforeOpening: number;
  readonly closers: (() => void | Promise<void>)[];
}

function accessOf(door: ApiDoor): ApiAccess {
  return {
    apiAddress: () => door.address,
    openApi: (port) => door.openTcp(port),
    closeApi: () => door.closeTcp(),
  };
}

function hopperOf(
  options: HopperOptions,
  folder: FolderIdentity,
  parts: Parts,
): Omit<Hopper, keyof ApiAccess> {
  const { ownership, notices, queue, coordinator, reports, watch, mirrors, closers } = parts;
  const { clock, logger } = options;
  const folders = new AttemptFolders(hopperFolderOf(folder.path), logger);
  const waiting = (planId?: string, say?: (text: Text) => string): Waiting =>
    whatItWaitsFor(queue, {
      now: isoNow(clock),
      trouble: coordinator.trouble,
      ...(say !== undefined && { say }),
      ...(planId !== undefined && { planId }),
    });
  let stopped: Promise<void> | undefined;
  return {
    queue,
    onDidChange: queue.onDidChange,
    onDidLoseWorkspace: watch.onDidLose,
    onDidChangeTrouble: coordinator.onDidChangeTrouble,
    mirrors,
    notices,
    eventBeforeOpening: parts.eventBeforeOpening,
    attemptFolder: (queueId, attemptNumber) => folders.of(queueId, attemptNumber),
    run(planId) {
      if (queue.pausedReason === crashLoopReason) {
        queue.setPaused(false);
      }
      ownership.recordScope(planId === undefined ? {} : { planId });
      coordinator.start(planId);
    },
    stopStarting() {
      coordinator.stopStarting();
      ownership.recordScope(undefined);
    },
    cancelAll() {
      ownership.recordScope(undefined);
      return coordinator.cancelAll();
    },
    clearCompleted: () => void queue.clearCompleted(),
    waiting,
    snapshot: () => ({
      plans: queue.plans(),
      phases: queue.phases({ content: false }),
      ...(queue.pausedReason !== undefined && { pausedReason: queue.pausedReason }),
      waiting: waiting(),
    }),
    stop: () => (stopped ??= closeAll(closers, logger)),
    ...queueCommands(options, folder, queue, coordinator),
    reportWorkflow: (report) => reports.reportWorkflow(report),
    addWorkflow: (workflow) => reports.addWorkflow(workflow),
    heartbeat: (beat) => reports.heartbeat(beat),
    issueToken: (queueId) => reports.issueToken(queueId),
    ...mirrorCommands(queue, mirrors),
  };
}

function openHistory(options: HopperOptions, queue: Queue): WorkflowHistory {
  const { runners, workflowHistory = () => undefined } = options;
  const external = (): string[] =>
    [...runners()].filter(([, { kind }]) => kind === "external").map(([name]) => name);
  const outside = new OutsideFile({ ...options, settings: workflowHistory }, () =>
    queue.workflows.namesOfOpen(external()),
  );
  return new WorkflowHistory({ ...options, queue, outside });
}

/** Listens to the queue: whatever was committed for GitHub is written there, when it can be. */
function mirrorTo(access: GitHubAccess, queue: Queue, options: HopperOptions): MirrorWorker {
  const { clock, logger } = options;
  const worker = new MirrorWorker({ outbox: queue.outbox, access, clock, logger });
  queue.onDidChange(() => worker.wake());
  worker.wake();
  return worker;
}

async function tidy(queue: Queue, hopperFolder: string, options: HopperOptions): Promise<void> {
  const { clock, logger, retention } = options;
  try {
    const folders = new AttemptFolders(hopperFolder, logger);
    await applyRetention(queue, folders, clock, retention ?? standardRetention);
  } catch (error) {
    logger.warn(`Old attempts could not be tidied away: ${errorMessage(error)}`);
  }
}

/** Releases in reverse order; one that fails is said and does not keep the others open. */
async function closeAll(closers: (() => void | Promise<void>)[], logger: Logger): Promise<void> {
  for (const close of closers.splice(0).reverse()) {
    try {
      await close();
    } catch (error) {
      logger.error("Something could not be closed.", error);
    }
  }
}
