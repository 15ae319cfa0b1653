import type { Clock } from "../base/clock";
import { errorCode, errorMessage } from "../base/errors";
import type { Logger } from "../base/log";
import { memberAt, type Membership } from "./attemptProcesses";
import type { ProcessTable } from "./processTable";

/** How long one sweep runs after processes that multiply before the rest of the host has its turn. */
const longestChase = 40;
const revisited = 32;

/**
 * Goes over the machine's processes and signals those that belong to an attempt. Each is looked at
 * immediately before it is signalled: a pid from an earlier look may be a stranger's by now.
 */
export class Sweep {
  /** Who had its SIGTERM, as pid and start time: one is enough, and more could cut a cleanup short. */
  private readonly asked = new Set<string>();
  /** Processes that this user may not signal. */
  private readonly untouchable = new Set<string>();

  constructor(
    private readonly openTable: () => ProcessTable,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** One pass over whoever `look` describes; answers how many members were alive. `force` kills, otherwise they are asked once. */
  run(look: () => Membership, force: boolean): number {
    try {
      return this.pass(look(), force);
    } catch (error) {
      // A table that cannot be read is not an empty one.
      this.logger.debug(`A sweep was cut short: ${errorMessage(error)}`);
      return 1;
    }
  }

  private pass(member: Membership, force: boolean): number {
    const table = this.openTable();
    const before = table.lastPid();
    const found = this.visit(table.pids(), table, member, force);
    return before === undefined ? found : found + this.chase(before, table, member, force);
  }

  /**
   * A process that forks and exits in a loop can be gone when a pass comes to it, and its child be
   * too young for the list that the pass goes by. So the pids given out since are visited too, which
   * is faster than anything can fork, until three rounds caught nobody.
   */
  private chase(seen: number, table: ProcessTable, member: Membership, force: boolean): number {
    const end = this.clock.monotonic() + longestChase;
    let found = 0;
    let from = seen;
    for (let quiet = 0; quiet < 3;) {
      if (this.clock.monotonic() > end) {
        return found + 1;
      }
      const last = table.lastPid() ?? from;
      // A pid is given out a moment before its process can be seen: the latest are visited again.
      // A counter that went back has wrapped, and the next full pass sees to the rest.
      const first = Math.max(2, Math.min(from, last - revisited) + 1);
      const newcomers = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
      const caught = this.visit(newcomers, table, member, force);
      quiet = caught === 0 ? quiet + 1 : 0;
      found += caught;
      from = last;
    }
    return found;
  }

  private visit(
    pids: readonly number[],
    table: ProcessTable,
    member: Membership,
    force: boolean,
  ): number {
    let found = 0;
    for (const pid of pids) {
      const state = memberAt(pid, member, table);
      const key = state === undefined ? "" : `${pid} ${state.startTime}`;
      if (state !== undefined && !this.untouchable.has(key)) {
        found += 1;
        if (force || !this.asked.has(key)) {
          this.asked.add(key);
          this.signal(pid, key, force ? "SIGKILL" : "SIGTERM");
        }
      }
    }
    return found;
  }

  private signal(pid: number, key: string, signal: NodeJS.Signals): void {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (errorCode(error) === "EPERM") {
        this.untouchable.add(key);
        this.logger.warn(
          `Process ${pid} of a stopped attempt belongs to another user and lives on`,
        );
      }
    }
  }
}
