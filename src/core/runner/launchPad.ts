import type { Clock } from "../base/clock";
import { EventEmitter } from "../base/event";
import { errorMessage } from "../base/errors";
import type { Disposable } from "../base/lifecycle";
import type { Logger } from "../base/log";
import { readStarted } from "./attemptFolder";
import type { AttemptSpec } from "./attemptSpec";
import { childEnvironment } from "./childEnvironment";
import type { Launcher, LauncherFactory } from "./launcher";

/** A wrapper takes its attempt within milliseconds; a machine that swaps may need seconds. */
const patience = 10_000;
const mostTries = 3;

interface Launch {
  readonly folder: string;
  readonly attemptId: string;
  /** Names the launcher that serves it. */
  readonly passEnv: readonly string[];
  tries: number;
  watch?: Disposable;
}

/**
 * Sees to it that what is launched does start: sends an attempt to a launcher, and again to a new
 * one when that launcher died or nothing took the attempt in time. Sending twice is harmless, for
 * only one wrapper can take an attempt. There is one launcher for each set of names passed on.
 */
export class LaunchPad implements Disposable {
  private readonly launchers = new Map<string, Launcher>();
  /** Those that were replaced: what they started still reports through them. */
  private readonly retired: Launcher[] = [];
  /** Launches that nobody has taken yet, by folder. */
  private readonly pending = new Map<string, Launch>();
  /** Folders of everything launched and not settled, by attempt id: wrappers print their id. */
  private readonly folders = new Map<string, string>();
  private readonly hint = new EventEmitter<string>((error) => this.logger.error("hint", error));
  private readonly failure = new EventEmitter<{ folder: string; message: string }>((error) =>
    this.logger.error("launch failure", error),
  );
  private disposed = false;

  readonly onHint = this.hint.event;
  readonly onDidFailToStart = this.failure.event;

  constructor(
    private readonly startLauncher: LauncherFactory,
    private readonly specOf: (folder: string) => AttemptSpec | undefined,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  launch(folder: string): void {
    if (this.disposed) {
      return;
    }
    this.settle(folder);
    let spec: AttemptSpec | undefined;
    try {
      spec = this.specOf(folder);
    } catch (error) {
      this.fail(folder, `its spec.json cannot be read: ${errorMessage(error)}`);
      return;
    }
    if (spec === undefined) {
      this.fail(folder, `${folder} holds no readable spec.json`);
      return;
    }
    const { attemptId, passEnv } = spec;
    this.folders.set(attemptId, folder);
    this.send({ folder, attemptId, passEnv, tries: 0 });
  }

  settle(folder: string): void {
    this.forget(folder);
    for (const [attemptId, known] of this.folders) {
      if (known === folder) {
        this.folders.delete(attemptId);
      }
    }
  }

  dispose(): void {
    this.disposed = true;
    for (const folder of [...this.pending.keys()]) {
      this.forget(folder);
    }
    for (const launcher of [...this.launchers.values(), ...this.retired]) {
      launcher.dispose();
    }
    this.launchers.clear();
    this.hint.dispose();
    this.failure.dispose();
  }

  private send(launch: Launch): void {
    this.pending.set(launch.folder, launch);
    launch.tries += 1;
    launch.watch = this.clock.after(patience, () => this.check(launch, "nothing took it in time"));
    try {
      this.launcherFor(launch.passEnv).send(launch);
    } catch (error) {
      this.check(launch, errorMessage(error));
    }
  }

  /** Something is wrong with the launcher, or the time is up: start anew unless it did start. */
  private check(launch: Launch, reason: string): void {
    this.forget(launch.folder);
    if (wasTaken(launch.folder)) {
      this.hint.fire(launch.folder);
      return;
    }
    this.retire(keyOf(launch.passEnv));
    if (launch.tries < mostTries) {
      this.logger.warn(`Starting attempt ${launch.attemptId} again: ${reason}`);
      this.send(launch);
      return;
    }
    this.fail(launch.folder, `it could not be started in ${mostTries} tries: ${reason}`);
  }

  /** Told later: the caller of `launch` may not expect it within that call. */
  private fail(folder: string, message: string): void {
    queueMicrotask(() => this.failure.fire({ folder, message }));
  }

  private launcherFor(passEnv: readonly string[]): Launcher {
    const key = keyOf(passEnv);
    const existing = this.launchers.get(key);
    if (existing) {
      return existing;
    }
    const launcher = this.startLauncher(childEnvironment(this.environment, passEnv), {
      onLine: (line) => this.heard(line),
      onGone: (reason) => {
        // A launcher that was replaced already has nothing left to say.
        if (this.launchers.get(key) === launcher) {
          this.retire(key);
          this.logger.warn(`The launcher is gone: ${reason}`);
          for (const launch of [...this.pending.values()]) {
            if (keyOf(launch.passEnv) === key) {
              this.check(launch, reason);
            }
          }
        }
      },
    });
    this.launchers.set(key, launcher);
    return launcher;
  }

  /** The line's format is the wrapper's affair; the attempt it is about is the word we know. */
  private heard(line: string): void {
    for (const [attemptId] of line.matchAll(/[A-Za-z0-9_-]+/g)) {
      const folder = this.folders.get(attemptId);
      if (folder !== undefined) {
        this.hint.fire(folder);
        return;
      }
    }
  }

  private forget(folder: string): void {
    this.pending.get(folder)?.watch?.dispose();
    this.pending.delete(folder);
  }

  private retire(key: string): void {
    const launcher = this.launchers.get(key);
    if (launcher) {
      launcher.retire();
      this.retired.push(launcher);
      this.launchers.delete(key);
    }
  }
}

function wasTaken(folder: string): boolean {
  try {
    return readStarted(folder) !== undefined;
  } catch {
    // Sending once more is harmless; believing that it started is not.
    return false;
  }
}

function keyOf(passEnv: readonly string[]): string {
  return JSON.stringify(passEnv);
}
