/** Something that must be released; structurally VS Code's `Disposable`. */
export interface Disposable {
  dispose(): void;
}

/** A disposable that runs `release` the first time it is disposed, and never again. */
export function toDisposable(release: () => void): Disposable {
  let released = false;
  return {
    dispose() {
      if (!released) {
        released = true;
        release();
      }
    },
  };
}

/** Owns what it is given and releases it in reverse order; disposing it twice is harmless. */
export class DisposableStore implements Disposable {
  private items: Disposable[] | undefined = [];

  /** Takes ownership of `item`. A store that is already disposed disposes late arrivals at once. */
  add<T extends Disposable>(item: T): T {
    if (this.items) {
      this.items.push(item);
    } else {
      item.dispose();
    }
    return item;
  }

  /** Releases everything, last first; the first error is thrown after all were released. */
  dispose(): void {
    const items = this.items ?? [];
    this.items = undefined;
    const errors: unknown[] = [];
    for (const item of items.reverse()) {
      try {
        item.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) {
      throw errors[0];
    }
  }
}
