/** Absolute paths of the files that travel beside a bundle; each host knows where its own lie. */
export interface Assets {
  /** sql.js's WebAssembly, read only when a queue is opened. */
  readonly sqlWasm: string;
  /** The worker thread that builds snapshots. */
  readonly snapshotWorker: string;
  /** The worker thread that reads outside programs' workflow histories. */
  readonly historyWorker: string;
  /** The worker thread that reads long plans. */
  readonly planWorker: string;
  /** The POSIX wrapper, a script for `sh`. */
  readonly wrapperScript: string;
  /** The wrapper for systems without `setsid` or `sh`, a script for Node. */
  readonly wrapperProgram: string;
  /** The long-lived script for `sh` that starts POSIX wrappers. */
  readonly launcherScript: string;
}
