import { type Disposable, toDisposable } from "./lifecycle";

/** Subscribes a listener until the returned disposable is disposed; structurally VS Code's `Event`. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/**
 * Announces values to its listeners in the order they subscribed. A listener that throws does not
 * stop the others or the caller: its error goes to `onListenerError`.
 */
export class EventEmitter<T> implements Disposable {
  private readonly listeners = new Set<{ call: (value: T) => void }>();

  constructor(private readonly onListenerError: (error: unknown) => void) {}

  readonly event: Event<T> = (listener) => {
    const entry = { call: listener };
    this.listeners.add(entry);
    return toDisposable(() => this.listeners.delete(entry));
  };

  fire(value: T): void {
    for (const listener of [...this.listeners]) {
      try {
        listener.call(value);
      } catch (error) {
        this.onListenerError(error);
      }
    }
  }

  dispose(): void {
    this.listeners.clear();
  }
}
