import { type ApiServer, createApiServer } from "./api/server";
import type { QueueSource } from "./api/queueSource";
import type { Clock } from "./base/clock";
import type { Logger } from "./base/log";
import type { AttemptFolders } from "./coordinator/attemptFolders";
import { announceEndpoint, newEndpoint, withdrawEndpoint } from "./ownership/endpoint";
import type { FolderIdentity } from "./ownership/folderIdentity";
import type { StateFolder } from "./ownership/stateFolder";
import { announceTcp, newToken, type TcpAddress, withdrawTcp } from "./ownership/tcpAddress";
import type { HopperCommands } from "./protocol/commands";
import type { AttemptItem } from "./protocol/queue";
import type { Waiting } from "./protocol/snapshot";
import type { QueueReader } from "./queue/queueReader";
import type { Queue } from "./queue/queue";
import { followOutput, readOutput } from "./runner/outputLog";

export interface ApiDoorOptions {
  readonly state: StateFolder;
  readonly folder: FolderIdentity;
  readonly ownerId: string;
  readonly commands: HopperCommands;
  readonly source: QueueSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
}

/** How other programs come to this queue: its local socket, and TCP while somebody wants it. */
export class ApiDoor {
  private readonly endpoint;
  private readonly server: ApiServer;
  private tcp: { readonly address: TcpAddress; readonly token: string } | undefined;
  /** What was asked for last is done last: settings can change faster than a port opens. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ApiDoorOptions) {
    const { state, folder, ownerId, source: queue } = options;
    this.endpoint = newEndpoint(state, folder, ownerId);
    this.server = createApiServer({ ...options, ...this.endpoint, queue });
  }

  /** The path of the local socket. */
  get socketPath(): string {
    return this.endpoint.socketPath;
  }

  /** Where programs come in over TCP; undefined while that is off. */
  get address(): TcpAddress | undefined {
    return this.tcp?.address;
  }

  /** Lets followers in. @throws HopperError `unavailable` */
  async open(): Promise<void> {
    const { state, folder } = this.options;
    await this.server.listen();
    announceEndpoint(state, folder, this.endpoint);
  }

  /**
   * Lets programs in over TCP, at this port or, with 0, at any that is free; with a new token.
   *
   * @throws HopperError `unavailable` or `storage`; TCP is off then.
   */
  openTcp(port: number): Promise<TcpAddress> {
    return this.inTurn(async () => {
      await this.shutTcp();
      const { state, folder } = this.options;
      const token = newToken();
      const opened = await this.server.openTcp(port, token);
      try {
        const address = announceTcp(state, folder, opened, token);
        this.tcp = { address, token };
        return address;
      } catch (error) {
        await this.server.closeTcp();
        throw error;
      }
    });
  }

  closeTcp(): Promise<void> {
    return this.inTurn(() => this.shutTcp());
  }

  async close(): Promise<void> {
    const { state, folder } = this.options;
    withdrawEndpoint(state, folder, this.endpoint);
    await this.closeTcp();
    await this.server.close();
  }

  private async shutTcp(): Promise<void> {
    const { tcp } = this;
    this.tcp = undefined;
    if (tcp) {
      withdrawTcp(tcp.address, tcp.token);
      await this.server.closeTcp();
    }
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }
}

/** What the API reads of this queue. */
export function queueSource(
  queue: Queue,
  folders: AttemptFolders,
  clock: Clock,
  waiting: () => Waiting,
): QueueSource {
  return {
    onDidChange: queue.onDidChange,
    get databaseId() {
      return queue.config("database_id") ?? "";
    },
    get pausedReason() {
      return queue.pausedReason;
    },
    get lastEventId() {
      return queue.lastEventId;
    },
    plans: () => queue.plans(),
    plan: (planId) => queue.plan(planId),
    phase: (queueId) => queue.phase(queueId, false),
    phasePages: (wanted) => queue.phasePages(wanted),
    attempts: (queueId) => queue.attempts(queueId),
    attempt: (attemptId) => queue.attempt(attemptId),
    events: (since, limit) => queue.events(since, limit),
    waiting,
    readLog: (attempt, { offset, maxBytes }) =>
      readOutput(folders.outputOf(attempt), offset, maxBytes),
    followLog: (attempt, offset, signal) =>
      followOutput(folders.outputOf(attempt), {
        clock,
        signal,
        offset,
        isOver: () => isOver(queue, attempt),
      }),
    isAttemptToken: (token) => queue.workflows.attemptOfToken(token) !== undefined,
  };
}

function isOver(queue: QueueReader, { attempt_id }: AttemptItem): boolean {
  const attempt = queue.attempt(attempt_id);
  return attempt === undefined || attempt.state === "ended";
}
