import { linkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../base/errors";
import type { ProcessIdentity } from "../protocol/attempts";
import { attemptFiles } from "./attemptFolder";

/**
 * Makes `started` for whoever `identity` says: whole, and only once. Who made it has the attempt.
 *
 * @returns false when somebody else has it.
 */
export function takeAttempt(folder: string, identity: ProcessIdentity): boolean {
  const started = join(folder, attemptFiles.started);
  const claim = `${started}.${process.pid}`;
  const text = `${JSON.stringify(identity)}\n`;
  try {
    writeFileSync(claim, text, { mode: 0o600 });
    linkSync(claim, started);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") {
      return false;
    }
  }
  // A file system without hard links: creating the file exclusively is as safe, and only less
  // pretty (readers skip half a file).
  try {
    writeFileSync(started, text, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") {
      return false;
    }
    throw error;
  }
}
