import assert from "node:assert/strict";
import { silentLogger } from "../../../../src/core/base/log";
import { parsePlanText } from "../../../../src/core/coordinator/planSource";
import type { PlanQuestion } from "../../../../src/core/coordinator/planThread";
import type { ParsedPlan } from "../../../../src/core/protocol/plan";
import type { PlanItem } from "../../../../src/core/protocol/queue";
import type { Runners } from "../../../../src/core/protocol/runners";
import { OpenPlans, type OpenText } from "../../../../src/vscode/editor/openPlans";
import { eventually } from "../../../support/eventually";
import { FakeClock } from "../../../support/fakeClock";
import { outlineOf, plan, runners as known, stored } from "./planFixture";

const text = "## Phase 1: A\nRunner: mine\n\nDo it well.\n";

/** A document whose text a test changes. */
class Text implements OpenText {
  version = 1;
  constructor(private text: string) {}
  getText(): string {
    return this.text;
  }
  become(changed: string): void {
    this.text = changed;
    this.version += 1;
  }
}

/** A thread that answers when the test says so. */
class Thread {
  isAwake = false;
  readonly open: (() => void)[] = [];
  asked = 0;
  /** Questions of this number, counted from 1, are not answered but rejected. */
  failsAt = 0;
  read(question: PlanQuestion): Promise<ParsedPlan> {
    this.isAwake = true;
    this.asked += 1;
    const fails = this.asked === this.failsAt;
    const { context } = question;
    return new Promise((resolve, reject) => {
      this.open.push(() =>
        fails
          ? reject(new Error("The thread was ended."))
          : resolve(parsePlanText(question.text, context)),
      );
    });
  }
  rest(): void {
    this.isAwake = false;
  }
  async answerNext(): Promise<void> {
    await eventually("something is asked", () => this.open.length > 0);
    this.open.shift()?.();
  }
}

describe("the plans that are open", () => {
  let thread: Thread;
  let clock: FakeClock;
  let document: Text;
  let runners: Runners;
  let plans: PlanItem[];
  let open: OpenPlans<Text, typeof queue>;
  const phases = outlineOf(text).phases.map((phase) => stored(phase));
  const reader = {
    plansFrom: () => plans,
    counts: () => new Map([["queued", 1]]),
    phases: () => phases,
    planContext: () => "",
  };
  const queue = { path: "/home/ada", reader };

  beforeEach(() => {
    thread = new Thread();
    clock = new FakeClock();
    document = new Text(text);
    runners = known;
    plans = [];
    open = new OpenPlans<Text, typeof queue>({
      clock,
      logger: silentLogger,
      thread,
      runners: () => Promise.resolve(runners),
      queueOf: () => queue,
      saidToBePlan: () => undefined,
    });
  });
  afterEach(() => open.dispose());

  const problems = (): string[] =>
    open.all.flatMap(({ outline }) => outline.problems.map(({ code }) => code));
  const mine: Runners = new Map([...known, ["mine", { kind: "manual" as const }]]);

  it("are read again when their runners come to be known while they are being read", async () => {
    open.open(document, "/home/ada/plan.md");
    await eventually("it is read", () => thread.asked === 1);
    runners = mine;
    open.readAll();
    await thread.answerNext();
    await thread.answerNext();
    await open.read(document);
    assert.deepEqual(problems(), []);
  });

  it("are read again when they are enqueued while they are being read", async () => {
    runners = mine;
    document.become("## Phase 1: A\n\nDo it well, as a person does.\n");
    open.open(document, "/home/ada/plan.md");
    await eventually("it is read", () => thread.asked === 1);
    plans = [plan];
    open.queueChanged({ queue, events: [] }, () => [queue]);
    clock.advance(1000);
    await thread.answerNext();
    await thread.answerNext();
    await open.read(document);
    assert.deepEqual(problems(), ["no-block"], "of a plan that is enqueued for the shell");
  });

  it("are read again when they are typed in while they are being read", async () => {
    open.open(document, undefined);
    await eventually("it is read", () => thread.asked === 1);
    document.become("## Phase 2: B\n\nDo it well.\n");
    open.readSoon(document);
    clock.advance(1000);
    await thread.answerNext();
    await thread.answerNext();
    await eventually("the new text is shown", () => problems().join() === "missing-phase");
  });

  it("are waited for by who asks while they are being read", async () => {
    open.open(document, "/home/ada/plan.md");
    await eventually("it is read", () => thread.asked === 1);
    const read = open.read(document);
    await thread.answerNext();
    assert.equal((await read)?.outline.phases.length, 1);
  });

  it("are nothing, rather than what they were, when their text cannot be read", async () => {
    open.open(document, undefined);
    await thread.answerNext();
    assert.ok(await open.read(document));
    document.become("## Phase 2: B\n\nDo it well.\n");
    thread.failsAt = 2;
    const read = open.read(document);
    await thread.answerNext();
    assert.equal(await read, undefined);
    assert.equal(await open.read(document), undefined, "and it is not tried again");
    assert.equal(thread.asked, 2);
    open.queueChanged({ queue, events: [] }, () => [queue]);
    clock.advance(1000);
    assert.equal(await open.read(document), undefined, "nor taken for read when its queue changes");
  });

  it("have what was enqueued while none was open", async () => {
    open.open(document, "/home/ada/plan.md");
    await thread.answerNext();
    assert.equal((await open.read(document))?.marks.plan, undefined);
    const other = new Text(text);
    open.open(other, "/home/ada/plan.md");
    await thread.answerNext();
    await open.read(other);
    open.close(other);
    // The thread is kept awake by nobody else, and what was found is kept.
    thread.isAwake = false;
    open.close(document);
    plans = [plan];
    open.queueChanged({ queue, events: [] }, () => [queue]);
    open.open(document, "/home/ada/plan.md");
    await thread.answerNext();
    assert.equal((await open.read(document))?.marks.plan, plan);
  });

  it("let the thread rest when the last of them is closed", async () => {
    open.open(document, undefined);
    await thread.answerNext();
    await open.read(document);
    assert.ok(thread.isAwake);
    open.close(document);
    assert.ok(!thread.isAwake);
  });
});
