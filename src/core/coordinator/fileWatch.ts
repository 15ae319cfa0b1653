import { type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { errorMessage } from "../base/errors";
import type { Disposable } from "../base/lifecycle";
import type { Logger } from "../base/log";

/** A folder that is there, and the name in it that matters. */
interface Place {
  readonly folder: string;
  readonly name: string;
  /** Tells the folder from another one at its path. */
  readonly identity: string;
}

/**
 * Watches the folders of files, since a file may be replaced and others come and go beside it. Of a
 * folder that is not there the nearest one above it is watched, until it is.
 */
export class FileWatch implements Disposable {
  private readonly watchers = new Map<string, FSWatcher>();

  /** @param onTouch something that begins with a file's name changed, or where it is did. */
  constructor(
    private readonly onTouch: () => void,
    private readonly logger: Logger,
  ) {}

  /** These files alone from now on; said again, it finds what was made or replaced since. */
  follow(paths: readonly string[]): void {
    // Again, until nothing was made between the look and the watching.
    while (this.arm(paths.flatMap((path) => placeOf(path) ?? []))) {
      continue;
    }
  }

  dispose(): void {
    this.follow([]);
  }

  /** Answers false where nothing of it had to be, or could be, begun. */
  private arm(places: readonly Place[]): boolean {
    const wanted = new Map(places.map((place) => [Object.values(place).join("|"), place]));
    for (const [key, watcher] of this.watchers) {
      if (!wanted.has(key)) {
        watcher.close();
        this.watchers.delete(key);
      }
    }
    const missing = [...wanted].filter(([key]) => !this.watchers.has(key));
    return missing.filter(([key, place]) => this.watch(key, place)).length > 0;
  }

  /** Answers false where that cannot be watched; it is tried again when the files are said again. */
  private watch(key: string, { folder, name }: Place): boolean {
    const drop = (): void => {
      watcher?.close();
      this.watchers.delete(key);
    };
    let watcher: FSWatcher | undefined;
    try {
      watcher = watch(folder, { persistent: false }, (_, changed) => {
        if (changed === basename(folder)) {
          // It was removed or moved: another one may be there by now, even with its number.
          drop();
        }
        if (changed === null || changed === basename(folder) || changed.startsWith(name)) {
          this.onTouch();
        }
      });
    } catch (error) {
      this.logger.debug(`${folder} cannot be watched: ${errorMessage(error)}`);
      return false;
    }
    watcher.on("error", (error) => {
      this.logger.debug(`Watching ${folder} ended: ${errorMessage(error)}`);
      drop();
    });
    this.watchers.set(key, watcher);
    return true;
  }
}

function placeOf(path: string): Place | undefined {
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    const folder = dirname(at);
    const identity = identityOf(folder);
    if (identity !== undefined) {
      return { folder, name: basename(at), identity };
    }
  }
  return undefined;
}

function identityOf(folder: string): string | undefined {
  try {
    const stats = statSync(folder, { bigint: true });
    return stats.isDirectory() ? `${stats.dev}:${stats.ino}` : undefined;
  } catch {
    return undefined;
  }
}
