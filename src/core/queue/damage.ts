import { type Clock, isoNow } from "../base/clock";
import { HopperError } from "../base/errors";
import { keepAs } from "./durableFiles";
import type { StoreFileSystem } from "./storeFiles";

/** Damage that stops: says which file and line, and how to go on. */
export function damage(what: string, cause?: unknown): HopperError {
  return new HopperError(
    "damaged",
    `${what}. Nothing was changed. \`phase-hopper repair\` goes on with everything that can be read, ` +
      `says what was dropped, and keeps the damaged files.`,
    { cause },
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
  const stem = `${path}.corrupt-${isoNow(clock).replaceAll(":", "-")}`;
  for (let count = 1; ; count++) {
    const kept = count === 1 ? stem : `${stem}-${count}`;
    if (!files.existsSync(kept)) {
      keepAs(files, path, kept);
      return kept;
    }
  }
}
