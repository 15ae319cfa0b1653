import type { Clock } from "../base/clock";
import { type Event, EventEmitter } from "../base/event";
import type { Disposable } from "../base/lifecycle";
import type { Logger } from "../base/log";
import { english, type Text, words } from "../base/words";
import type { MirrorTrouble } from "../protocol/mirrors";
import { GitHubClient } from "./client";
import { Delivery } from "./delivery";
import { GitHubError } from "./failure";
import type { Outbox } from "./outbox";
import type { Pacer } from "./pacer";
import type { Session } from "./session";
import type { Mirror, OutboxEntry } from "./terms";

/** How a host is signed in to GitHub. */
export interface GitHubAccess {
  /** The one server that the token is for; mirrors on another one wait. */
  readonly apiUrl: () => string;
  /** The token, if there is one; nobody is asked for it here. */
  readonly token: () => Promise<string | undefined>;
  /** What can be done where there is none, as a sentence. */
  readonly remedy: Text;
  /** Of the account; every queue that is mirrored with it keeps to it. */
  readonly pacer: Pacer;
  /** Fires when there may be another token. */
  readonly onDidChange?: Event<void>;
  /** The way to the server; default: the one of Node. */
  readonly fetch?: typeof fetch;
}

export interface MirrorWorkerOptions {
  readonly outbox: Outbox;
  readonly access: GitHubAccess;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A server that does not answer is asked again after so long, then after twice that. */
const offlinePause = { shortest: 5_000, longest: 300_000 };
/** After a failure that is not GitHub's. */
const failurePause = 60_000;
/** Without a valid sign-in it is tried again now and then: rights can be given on GitHub. */
const deniedPause = 15 * 60_000;
const hour = 3600_000;

/**
 * Carries the outbox to GitHub, one request after another. The queue never waits for it: whatever
 * GitHub does, entries stay until they are written, and what a user has to know is told once.
 */
export class MirrorWorker implements Disposable {
  private readonly found: EventEmitter<MirrorTrouble>;
  /** What was told already, by plan and cause. */
  private readonly told = new Set<string>();
  /** When something can be done for an entry, or for a plan (monotonic), by their ids. */
  private readonly due = new Map<string, number>();
  private readonly abort = new AbortController();
  private readonly pacer: Pacer;
  private readonly delivery: Delivery;
  private readonly listener: Disposable | undefined;
  private session: { readonly token: string; readonly session: Session } | undefined;
  private timer: Disposable | undefined;
  private working: Promise<void> | undefined;
  private again = false;
  private idleListeners: (() => void)[] = [];
  /** When the next step can be done (monotonic); undefined when nothing is left to do. */
  private nextAt: number | undefined;

  /** Fires once for each trouble of a plan that a user has to know. */
  readonly onDidFindTrouble: Event<MirrorTrouble>;

  constructor(private readonly options: MirrorWorkerOptions) {
    const { outbox, clock, logger, access } = options;
    this.found = new EventEmitter((error) =>
      logger.error("A listener of the mirror failed.", error),
    );
    this.onDidFindTrouble = this.found.event;
    const now = clock.now();
    const recent = outbox.recentWrites(new Date(now - hour).toISOString());
    const ago = recent.map((at) => now - Date.parse(at)).filter((age) => age >= 0);
    this.pacer = access.pacer;
    this.pacer.remember(ago);
    this.delivery = new Delivery(outbox, clock, this.pacer);
    this.listener = access.onDidChange?.(() => this.tryAgain());
  }

  /** There may be something to write. */
  wake(): void {
    if (this.abort.signal.aborted) {
      return;
    }
    if (this.working) {
      this.again = true;
      return;
    }
    this.timer?.dispose();
    this.timer = undefined;
    this.working = this.work().finally(() => {
      this.working = undefined;
      if (this.again) {
        this.again = false;
        this.wake();
      } else {
        this.rest();
      }
    });
  }

  /** Somebody asks for it: what was put off is tried at once, but for waits that GitHub asked for. */
  tryAgain(): void {
    this.session = undefined;
    this.told.clear();
    this.due.clear();
    this.pacer.release();
    this.wake();
  }

  /** How many things are not on GitHub as they shall be. */
  get pending(): number {
    return this.options.outbox.pending().length;
  }

  /** Something is being asked or decided at this moment. */
  get isWorking(): boolean {
    return this.working !== undefined;
  }

  /**
   * Resolves when nothing is left to do, or nothing can be done within `patience` milliseconds from
   * then; at the latest after `longest`.
   */
  async settled(patience: number, longest: number): Promise<void> {
    const { clock } = this.options;
    const end = clock.monotonic() + longest;
    for (;;) {
      const wait = (this.nextAt ?? Number.POSITIVE_INFINITY) - clock.monotonic();
      const left = end - clock.monotonic();
      if ((!this.working && wait > patience) || left <= 0 || this.abort.signal.aborted) {
        return;
      }
      await new Promise<void>((resolve) => {
        const timer = clock.after(left, resolve);
        this.idleListeners.push(() => {
          timer.dispose();
          resolve();
        });
      });
    }
  }

  /** Stops at once; a request under way is cut off, and what came of it is looked up next time. */
  async stop(): Promise<void> {
    this.dispose();
    await this.working;
  }

  dispose(): void {
    this.abort.abort();
    this.timer?.dispose();
    this.listener?.dispose();
    this.found.dispose();
    this.rest();
  }

  private get stopped(): boolean {
    return this.abort.signal.aborted;
  }

  /** Does whatever can be done now, then waits for what can be done later. */
  private async work(): Promise<void> {
    const { logger, clock } = this.options;
    try {
      for (;;) {
        // Lets whoever woke us finish first.
        await Promise.resolve();
        const wait = await this.pacer.inTurn(() => this.step());
        if (wait === undefined || wait > 0) {
          this.nextAt = wait === undefined ? undefined : clock.monotonic() + wait;
          break;
        }
      }
    } catch (error) {
      // The disk, for instance: the queue itself says so.
      logger.error("The mirror on GitHub stopped for a minute.", error);
      this.nextAt = clock.monotonic() + failurePause;
    }
    if (this.nextAt !== undefined && !this.stopped) {
      this.timer = clock.after(this.nextAt - clock.monotonic(), () => this.wake());
    }
  }

  private rest(): void {
    for (const resolve of this.idleListeners.splice(0)) {
      resolve();
    }
  }

  /** @returns milliseconds until the next step; undefined when there is none. */
  private async step(): Promise<number | undefined> {
    const next = this.stopped ? undefined : this.next();
    if (next === undefined || "wait" in next) {
      return next?.wait;
    }
    try {
      const session = await this.signedIn();
      // Meanwhile somebody may have paused the queue, stopped the mirror or written something else.
      const now = this.stopped ? undefined : this.next();
      if (now === undefined || "wait" in now) {
        return now?.wait;
      }
      const { entry, mirror } = now;
      const wait = await this.delivery.step(entry, mirror, session);
      this.pacer.succeeded();
      this.due.set(entry.entryId, this.options.clock.monotonic() + wait);
      this.tellOf(entry.entryId);
    } catch (error) {
      if (this.stopped) {
        return undefined;
      }
      if (!(error instanceof GitHubError)) {
        throw error;
      }
      this.putOff(error, next.entry.planId);
    }
    return 0;
  }

  /** What can be done at this moment; else how long until there is something. */
  private next():
    | { readonly entry: OutboxEntry; readonly mirror: Mirror }
    | { readonly wait: number }
    | undefined {
    const { pacer } = this;
    const due = this.dueEntry();
    if (due === undefined) {
      return undefined;
    }
    if (pacer.wait > 0 || "wait" in due) {
      return { wait: Math.max(pacer.wait, "wait" in due ? due.wait : 0) };
    }
    return writes(due.entry) && pacer.writeWait > 0 ? { wait: pacer.writeWait } : due;
  }

  /** The first entry that is due, whatever the pace; else how long until there is one. */
  private dueEntry():
    | { readonly entry: OutboxEntry; readonly mirror: Mirror }
    | { readonly wait: number }
    | undefined {
    const { outbox, access, clock } = this.options;
    const now = clock.monotonic();
    let wait: number | undefined;
    const mirrors = new Map<string, Mirror | undefined>();
    for (const entry of outbox.pending()) {
      const { planId, kind } = entry;
      const mirror = mirrors.get(planId) ?? outbox.mirror(planId);
      mirrors.set(planId, mirror);
      const hasParent = kind === "parent" || outbox.parentOf(planId) !== undefined;
      if (!mirror || !hasParent || (mirror.paused && entry.state === "waiting")) {
        continue;
      }
      if (mirror.settings.apiUrl !== access.apiUrl()) {
        this.tellOfServer(mirror);
        continue;
      }
      const due = Math.max(...[entry.entryId, planId].map((id) => this.due.get(id) ?? now)) - now;
      if (due <= 0) {
        return { entry, mirror };
      }
      wait = Math.min(wait ?? due, due);
    }
    return wait === undefined ? undefined : { wait };
  }

  /** @throws GitHubError `signIn` */
  private async signedIn(): Promise<Session> {
    const { access, clock } = this.options;
    const token = await access.token();
    if (token === undefined || token === "") {
      const message = words`Nobody is signed in to GitHub. ${access.remedy}`;
      throw new GitHubError({ kind: "signIn" }, message);
    }
    if (this.session?.token !== token) {
      const client: Session["client"] = (repository) =>
        new GitHubClient({
          apiUrl: access.apiUrl(),
          token,
          repository,
          clock,
          signal: this.abort.signal,
          ...(access.fetch && { fetch: access.fetch }),
        });
      const login = await client({ owner: "", name: "" }).login();
      this.session = { token, session: { login, client } };
    }
    return this.session.session;
  }

  /** Waits as long as the cause of a failure asks for, and tells of what a user can help. */
  private putOff({ problem, message, words: said }: GitHubError, planId: string): void {
    const { logger } = this.options;
    switch (problem.kind) {
      case "limited":
        logger.info(`Mirroring to GitHub waits. ${message}`);
        this.pacer.limit(problem.wait);
        return;
      case "unclear":
        logger.info(`Mirroring to GitHub waits: ${message}`);
        this.pacer.backOff(offlinePause.shortest, offlinePause.longest);
        return;
      case "signIn":
        this.session = undefined;
        this.pacer.pause(deniedPause);
        this.tell("signIn", {
          kind: "signIn",
          words: words`Nothing is written to GitHub: ${said}`,
        });
        return;
      case "forbidden":
      case "missing":
      case "refused":
        this.due.set(planId, this.options.clock.monotonic() + deniedPause);
        this.tell(`forbidden ${planId}`, {
          kind: "forbidden",
          words: words`Nothing is written to GitHub: ${said}`,
          ...(problem.kind === "forbidden" && problem.url !== undefined && { url: problem.url }),
        });
    }
  }

  /** What a step has left with an entry that is a person's to mend. */
  private tellOf(entryId: string): void {
    const entry = this.options.outbox.entry(entryId);
    if (entry?.problem === undefined) {
      return;
    }
    const { planId, problem, link, state } = entry;
    const unknown = state === "unknown";
    // Whatever keeps one issue from being linked keeps the others from it, too.
    this.tell(`${planId} ${link === "refused" ? link : problem}`, {
      kind: unknown ? "unknown" : "refused",
      words: unknown
        ? words`It is not known whether something was created on GitHub: ${problem}. It is not created again before that is clear.`
        : problem,
    });
  }

  private tellOfServer({ settings }: Mirror): void {
    this.tell(`server ${settings.apiUrl}`, {
      kind: "forbidden",
      words: words`A plan is mirrored to ${settings.apiUrl}, and the sign-in is for ${this.options.access.apiUrl()}: set the address of the GitHub server.`,
    });
  }

  /** Tells a trouble, once until somebody asks to try again. */
  private tell(key: string, trouble: Omit<MirrorTrouble, "message">): void {
    if (!this.told.has(key)) {
      this.told.add(key);
      const message = english(trouble.words);
      this.options.logger.warn(message);
      this.found.fire({ ...trouble, message });
    }
  }
}

/** Whether the entry's next step writes; looking for something only reads. */
function writes({ state }: OutboxEntry): boolean {
  return state === "waiting" || state === "made";
}
