/** Where the core reports what happened to it; each host decides where the lines go. */
export interface Logger {
  /** Details for finding a fault. */
  debug(message: string): void;
  /** Something a user would want to know: bytes dropped, a file repaired, a process started anew. */
  info(message: string): void;
  /** Something went wrong and work goes on. */
  warn(message: string): void;
  /** A bug or a failure that stops something; `error` keeps its stack. */
  error(message: string, error?: unknown): void;
}

/** A logger that drops every line. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
