import type { Disposable } from "../base/lifecycle";

/** One attempt for a launcher to start. */
export interface LaunchOrder {
  readonly attemptId: string;
  readonly folder: string;
}

/** What a launcher tells of the wrappers it started, and of itself. */
export interface LauncherEvents {
  /** A line that a wrapper printed: it took its attempt, found it taken, or ended. */
  readonly onLine: (line: string) => void;
  /** The launcher cannot start anything any more; what it started lives on. */
  readonly onGone: (reason: string) => void;
}

/** Starts wrappers, each detached in a session of its own. Disposing it leaves its wrappers alive. */
export interface Launcher extends Disposable {
  send(order: LaunchOrder): void;
  /** Starts nothing more; what its wrappers print is still passed on. */
  retire(): void;
}

/** Makes a launcher whose wrappers get `environment`. */
export type LauncherFactory = (environment: NodeJS.ProcessEnv, events: LauncherEvents) => Launcher;
