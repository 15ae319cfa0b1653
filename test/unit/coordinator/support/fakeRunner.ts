import { EventEmitter } from "../../../../src/core/base/event";
import { HopperError } from "../../../../src/core/base/errors";
import type {
  AttemptInspection,
  AttemptRequest,
  AttemptRunner,
  ExitRecord,
  PreparedAttempt,
  ProcessIdentity,
  Verdict,
} from "../../../../src/core/protocol/attempts";

const thisBoot = "boot-1";

/** An attempt as the fake runner sees it; tests change it to play the wrapper. */
export interface FakeAttempt {
  readonly request: AttemptRequest;
  launches: number;
  preparedInBoot: string;
  started?: ProcessIdentity;
  alive: boolean;
  exit?: ExitRecord;
  verdict: Verdict;
  output: number;
  stops: number;
}

/** Plays wrappers: keeps attempts in memory, starts nothing. */
export class FakeRunner implements AttemptRunner {
  readonly bootId = thisBoot;
  readonly attempts = new Map<string, FakeAttempt>();
  /** What happened, in order: "prepare 1", "launch 1", "stop 1" with phase numbers. */
  readonly calls: string[] = [];
  /** Folders made on a guess. */
  readonly ahead = new Map<string, AttemptRequest>();
  /** Makes `prepare` fail. */
  prepareError: HopperError | undefined;
  prepareProblem: string | undefined;
  /** While set, a verdict comes when this does. */
  judging: Promise<void> | undefined;
  /** Called inside prepare, before it returns. */
  onPrepare: (request: AttemptRequest) => void = () => undefined;
  /** Called inside launch, before it returns. */
  onLaunch: (attempt: FakeAttempt) => void = () => undefined;
  private pid = 100;
  private readonly hints = new EventEmitter<string>(fail);
  private readonly failures = new EventEmitter<{ folder: string; message: string }>(fail);
  readonly onHint = this.hints.event;
  readonly onDidFailToStart = this.failures.event;

  prepare(request: AttemptRequest): PreparedAttempt {
    if (this.prepareError) {
      throw this.prepareError;
    }
    if (this.attempts.has(request.folder)) {
      throw new HopperError("conflict", `${request.folder} exists`);
    }
    this.calls.push(`prepare ${request.phaseNumber}`);
    this.attempts.set(request.folder, {
      request,
      launches: 0,
      preparedInBoot: thisBoot,
      alive: false,
      verdict: { outcome: "completed", exitCode: 0 },
      output: 0,
      stops: 0,
    });
    this.onPrepare(request);
    return this.prepareProblem === undefined
      ? { command: ["sh"] }
      : { command: [], problem: this.prepareProblem };
  }

  prepareAhead(request: AttemptRequest): void {
    this.ahead.set(request.folder, request);
  }

  launch(folder: string): void {
    const attempt = this.at(folder);
    this.calls.push(`launch ${attempt.request.phaseNumber}`);
    attempt.launches++;
    if (!attempt.started) {
      attempt.started = { pid: ++this.pid, startTime: "1", bootId: thisBoot };
      attempt.alive = true;
    }
    this.onLaunch(attempt);
  }

  settle(folder: string): void {
    this.ahead.delete(folder);
  }

  inspect(folder: string): AttemptInspection {
    const attempt = this.attempts.get(folder);
    if (!attempt) {
      return { prepared: false, alive: false };
    }
    return {
      prepared: true,
      preparedInBoot: attempt.preparedInBoot,
      alive: attempt.alive,
      ...(attempt.started && { started: attempt.started }),
      ...(attempt.exit && { exit: attempt.exit }),
    };
  }

  isAlive(process: ProcessIdentity): boolean {
    return [...this.attempts.values()].some(
      ({ started, alive }) => alive && started?.pid === process.pid,
    );
  }

  judge(folder: string): Verdict | Promise<Verdict> {
    const { verdict } = this.at(folder);
    return this.judging ? this.judging.then(() => verdict) : verdict;
  }

  outputSize(folder: string): number {
    return this.attempts.get(folder)?.output ?? 0;
  }

  capOutput(): Promise<void> {
    return Promise.resolve();
  }

  stop(folder: string): Promise<void> {
    const attempt = this.attempts.get(folder);
    this.calls.push(`stop ${attempt?.request.phaseNumber ?? "?"}`);
    if (attempt) {
      attempt.stops++;
      attempt.alive = false;
    }
    return Promise.resolve();
  }

  dispose(): void {
    this.hints.dispose();
    this.failures.dispose();
  }

  /** The newest attempt of a phase. */
  of(phaseNumber: number): FakeAttempt {
    const found = [...this.attempts.values()].filter(
      ({ request }) => request.phaseNumber === phaseNumber,
    );
    const last = found.at(-1);
    if (!last) {
      throw new Error(`Phase ${phaseNumber} was never started`);
    }
    return last;
  }

  /** Ends a phase's newest attempt as its wrapper would, with a hint. */
  end(phaseNumber: number, verdict: Partial<Verdict> = {}): void {
    const attempt = this.of(phaseNumber);
    this.endSilently(phaseNumber, verdict);
    this.hints.fire(attempt.request.folder);
  }

  /** Ends it without any hint, as after a re-attach. */
  endSilently(phaseNumber: number, verdict: Partial<Verdict> = {}): void {
    const attempt = this.of(phaseNumber);
    attempt.verdict = { ...attempt.verdict, ...verdict };
    attempt.exit = { step: 0, code: verdict.outcome === undefined ? 0 : 3, signal: null };
    attempt.alive = false;
  }

  failToStart(phaseNumber: number, message: string): void {
    this.failures.fire({ folder: this.of(phaseNumber).request.folder, message });
  }

  private at(folder: string): FakeAttempt {
    const attempt = this.attempts.get(folder);
    if (!attempt) {
      throw new Error(`${folder} was never prepared`);
    }
    return attempt;
  }
}

function fail(error: unknown): void {
  throw error;
}
