import { type Disposable, toDisposable } from "./lifecycle";

/** Subscribes a listener until the returned disposable is disposed; structurally VS Code's `Event`. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/**
 * Announces values to its listeners in the order they subscribed. What is announced while a value is
 * being delivered waits until every listener has had that one: all see the same order. A listener
 * that throws does not stop the others or the caller: its error goes to `onListenerError`.
 */
export class EventEmitter<T> implements Disposable {
  private readonly listeners = new Set<{ call: (value: T) => void }>();
  /** Each value in an array of its own: an event without a value has `undefined` for one. */
  private readonly waiting: [T][] = [];
  private delivering = false;

  constructor(private readonly onListenerError: (error: unknown) => void) {}

  readonly event: Event<T> = (listener) => {
    const entry = { call: listener };
    this.listeners.add(entry);
    return toDisposable(() => this.listeners.delete(entry));
  };

  fire(value: T): void {
    this.waiting.push([value]);
    if (this.delivering) {
      return;
    }
    this.delivering = true;
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      this.deliver(...next);
    }
    this.delivering = false;
  }

  dispose(): void {
    this.listeners.clear();
  }

  private deliver(value: T): void {
    for (const listener of [...this.listeners]) {
      try {
        listener.call(value);
      } catch (error) {
        this.onListenerError(error);
      }
    }
  }
}
