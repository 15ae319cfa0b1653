import { basename } from "node:path";
import { type Clock, isoNow } from "../base/clock";
import { HopperError } from "../base/errors";
import { type Text, words } from "../base/words";
import { keepAs } from "./durableFiles";
import type { StoreFileSystem, StorePaths } from "./storeFiles";

/** Damage that stops: says which file and line, and how to go on. */
export function damage(what: Text, cause?: unknown): HopperError {
  return new HopperError(
    "damaged",
    words`${what}. Nothing was changed. \`phase-hopper repair\` goes on with everything that can be read, says what was dropped, and keeps the damaged files.`,
    { cause },
  );
}

/** All files of the queue are gone. It is not begun anew in silence: the attempts may be all there is. */
export function lostQueue({ folder, snapshot, journal, attempts }: StorePaths): HopperError {
  return new HopperError(
    "damaged",
    words`${basename(snapshot)} and ${basename(journal)} are missing from ${folder}, though ${attempts} shows that phases were run. Nothing was changed. Put the files back from a backup; or \`phase-hopper repair\` begins an empty queue and keeps the attempts' files.`,
  );
}

/**
 * Gives a damaged file a second name that nothing ever overwrites; answers that name, or undefined
 * where there is no file.
 */
export function keepDamaged(
  files: StoreFileSystem,
  path: string,
  clock: Clock,
): string | undefined {
  if (!files.existsSync(path)) {
    return undefined;
  }
  const kept = freeName(files, `${path}.corrupt`, clock);
  keepAs(files, path, kept);
  return kept;
}

/** Moves the attempts of a queue that was lost out of the way of the next one's; answers where to. */
export function keepAttempts(
  files: StoreFileSystem,
  { attempts }: StorePaths,
  clock: Clock,
): string {
  const kept = freeName(files, `${attempts}.kept`, clock);
  files.renameSync(attempts, kept);
  return kept;
}

function freeName(files: StoreFileSystem, stem: string, clock: Clock): string {
  const name = `${stem}-${isoNow(clock).replaceAll(":", "-")}`;
  for (let count = 1; ; count++) {
    const free = count === 1 ? name : `${name}-${count}`;
    if (!files.existsSync(free)) {
      return free;
    }
  }
}
