/** A thread that stands still goes on after so many milliseconds all the same. */
const longestWait = 50;

/** While its host makes commits, the thread works and rests for so many milliseconds in turn. */
const pace = { work: 0.5, rest: 1 };

/** A host that goes on for longer shares the processors with the thread: its journal grows meanwhile. */
const longestInAll = 10_000;

/** For so many milliseconds after a commit its host is taken to make more of them. */
const busyAfterCommit = 50;

/** Where in the shared memory what is told stands; `never` is for waiting without being told anything. */
const place = { taken: 0, times: 1, never: 2, length: 3 };

/**
 * Lets a thread that builds a snapshot stand still while its host makes a commit and starts what follows from
 * it, and work in small pieces as long as that goes on: on two processors three who work get in each other's
 * way. A low priority of the thread does not do that, since Linux shares a processor among sessions of
 * processes first, and each attempt is one.
 */
export class RightOfWay {
  /** What the thread is given. */
  readonly memory = new SharedArrayBuffer(place.length * Int32Array.BYTES_PER_ELEMENT);
  private readonly told = new Int32Array(this.memory);
  private isTaken = false;

  /** Takes it, unless it is, until the event loop has turned for what is done now and for what that put off. */
  take(): void {
    Atomics.add(this.told, place.times, 1);
    if (!this.isTaken) {
      this.isTaken = true;
      Atomics.store(this.told, place.taken, 1);
      setImmediate(() => setImmediate(() => this.giveBack()));
    }
  }

  private giveBack(): void {
    this.isTaken = false;
    Atomics.store(this.told, place.taken, 0);
    Atomics.notify(this.told, place.taken);
  }
}

/**
 * What the thread calls before each small piece of a snapshot; to be made anew for each.
 *
 * @param memory of the {@link RightOfWay} that its host takes.
 */
export function givingWay(memory: SharedArrayBuffer): () => void {
  const told = new Int32Array(memory);
  let times = Atomics.load(told, place.times);
  const begun = performance.now();
  let busyUntil = 0;
  let rested = begun;
  return () => {
    if (performance.now() - begun > longestInAll) {
      return;
    }
    if (Atomics.wait(told, place.taken, 1, longestWait) !== "not-equal") {
      rested = performance.now();
    }
    const now = performance.now();
    const timesNow = Atomics.load(told, place.times);
    if (timesNow !== times) {
      times = timesNow;
      busyUntil = now + busyAfterCommit;
    }
    if (now < busyUntil && now - rested > pace.work) {
      Atomics.wait(told, place.never, 0, pace.rest);
      rested = performance.now();
    }
  };
}
