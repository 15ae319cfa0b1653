import assert from "node:assert/strict";
import { announcementsOf } from "../../../../webview-ui/model/announcements";
import { dataOf } from "../../../../webview-ui/model/cardData";
import { headline, planWaits, planWaitsSpoken } from "../../../../webview-ui/model/headline";
import {
  cardInWords,
  clock,
  dependenciesInWords,
  detailInWords,
  nameOf,
  statusWord,
  timeInWords,
} from "../../../../webview-ui/model/phaseWords";
import { phaseOf, planOf, queueOf, stateOf } from "../cardFixture";

describe("the words on a card", () => {
  it("name a phase by its number alone where the title says no more", () => {
    assert.equal(nameOf(phaseOf(2)), "Phase 2 Title 2");
    assert.equal(nameOf(phaseOf(2, { title: "Phase 2" })), "Phase 2");
    assert.equal(nameOf(phaseOf(2, { title: "" })), "Phase 2");
  });

  it("say whom a running phase waits for, and that a phase was skipped", () => {
    assert.equal(statusWord(phaseOf(1, { status: "running" })), "running");
    assert.equal(
      statusWord(phaseOf(1, { status: "running", turn: "person" })),
      "waiting for a person",
    );
    assert.equal(statusWord(phaseOf(1, { status: "completed", skipped: true })), "skipped");
  });

  it("say what a phase comes after", () => {
    assert.equal(dependenciesInWords(phaseOf(1)), "");
    assert.equal(dependenciesInWords(phaseOf(4, { dependsOn: [1, 3] })), "After Phases 1 and 3");
  });

  it("give the time of what runs or ran, of nothing else", () => {
    const times = { startedAt: 1000, finishedAt: 66_000 };
    assert.equal(timeInWords(phaseOf(1, { status: "running", startedAt: 1000 }), 13_000), "12s");
    assert.equal(timeInWords(phaseOf(1, { status: "failed", ...times }), 0), "1m 05s");
    assert.equal(timeInWords(phaseOf(1, { status: "ready", ...times }), 0), "");
    assert.equal(timeInWords(phaseOf(1, { status: "completed" }), 0), "");
  });

  it("say all of a card in one sentence", () => {
    assert.equal(
      cardInWords(phaseOf(2, { status: "blocked", detail: "Phase 1 failed: exit code 3" })),
      "Phase 2 Title 2, blocked, Phase 1 failed: exit code 3, After Phase 1",
    );
  });

  it("count down to a retry, and say nothing more of it once it is due", () => {
    const retried = phaseOf(1, { status: "ready", detail: "exit code 3", retryAt: 300_000 });
    assert.equal(detailInWords(retried, 48_000), "Again in 4:12: exit code 3");
    assert.equal(detailInWords(retried, 300_000), "");
    assert.equal(
      cardInWords({ ...retried, dependsOn: [] }),
      "Phase 1 Title 1, ready, to be tried again, exit code 3",
    );
    const failed = phaseOf(1, { status: "failed", detail: "exit code 3" });
    assert.equal(detailInWords(failed, 0), "exit code 3");
  });

  it("tell a running time as a clock does", () => {
    assert.deepEqual([252_000, 3_727_900, -5].map(clock), ["4:12", "1:02:07", "0:00"]);
  });
});

describe("the line that says what the queue waits for", () => {
  const running = phaseOf(3, { status: "running", startedAt: 0 });

  it("counts up while a process is at work", () => {
    const queue = queueOf({ waiting: { kind: "running", text: "Phase 3 running" } });
    const one = dataOf(stateOf([running], { queue }));
    assert.equal(headline(one, 252_000), "Phase 3 runs for 4:12");
    const two = dataOf(
      stateOf([running, phaseOf(9, { planId: "b", status: "running", startedAt: 5000 })], {
        queue,
        plans: [planOf(), planOf({ planId: "b", number: 2 })],
      }),
    );
    assert.equal(headline(two, 252_000), "Phase 3 of Plan 1 and 1 more runs for 4:12");
  });

  it("says a pause, and what waits for a person, beside what runs on", () => {
    const queue = queueOf({
      pausedReason: "paused by you",
      waiting: { kind: "running", text: "paused by you; Phase 3 running; Phase 4 for a person" },
    });
    const manual = phaseOf(4, { status: "running", turn: "person" });
    assert.equal(
      headline(dataOf(stateOf([running, manual], { queue })), 252_000),
      "Paused by you; Phase 3 runs for 4:12; Phase 4 for a person to do",
    );
  });

  it("counts down to the next retry, of plans that are not paused", () => {
    const queue = queueOf({ waiting: { kind: "retry", text: "Phase 2 is tried again at 10:02" } });
    const held = planOf({ planId: "held", number: 2, pausedReason: "a checkpoint" });
    const phases = [
      phaseOf(2, { status: "ready", retryAt: 300_000 }),
      phaseOf(3, { status: "ready", retryAt: 200_000 }),
      phaseOf(4, { status: "ready", retryAt: 100_000, planId: "held" }),
    ];
    const data = dataOf(stateOf(phases, { queue, plans: [planOf(), held] }));
    assert.equal(headline(data, 68_000), "Phase 3 of Plan 1 is tried again in 2:12");
    assert.equal(headline(data, 300_000), "Phase 2 is tried again at 10:02");
  });

  it("says the same of one plan, spoken without a time that runs", () => {
    const plan = planOf({ waiting: { kind: "retry", text: "Phase 2 is tried again at 10:02" } });
    const phases = [phaseOf(2, { status: "ready", retryAt: 60_000 })];
    assert.equal(planWaits({ plan, phases }, 0), "Phase 2 is tried again in 1:00");
    assert.equal(planWaitsSpoken(plan), "waiting to be tried again");
    const other = planOf({ waiting: { kind: "running", text: "waiting for Phase 2 of Plan 1" } });
    assert.equal(planWaits({ plan: other, phases }, 0), "waiting for Phase 2 of Plan 1");
    assert.equal(planWaits({ plan: planOf(), phases }, 0), "");
  });

  for (const kind of ["trouble", "failed", "person", "workflow", "paused", "completed"] as const) {
    it(`is the owner's own sentence where it is ${kind}`, () => {
      const text = `what keeps it: ${kind}`;
      const queue = queueOf({ waiting: { kind, text } });
      const data = dataOf(stateOf([running], { queue }));
      assert.equal(headline(data, 0), `What keeps it: ${kind}`);
    });
  }

  it("is the owner's own sentence while the running phase is not known yet", () => {
    const queue = queueOf({ waiting: { kind: "running", text: "Phase 1 is about to start" } });
    assert.equal(headline(dataOf(stateOf([], { queue })), 0), "Phase 1 is about to start");
  });
});

describe("what a screen reader is told of a change", () => {
  const before = dataOf(stateOf([1, 2, 3, 4, 5].map((number) => phaseOf(number))));

  it("is nothing where no status changed", () => {
    const after = dataOf(stateOf([phaseOf(1, { title: "Another" }), phaseOf(6)]));
    assert.deepEqual(announcementsOf(before, after), { polite: "", assertive: "" });
  });

  it("is said at once of failures, with the reason, and politely of all else", () => {
    const after = dataOf(
      stateOf(
        [
          phaseOf(1, { status: "failed", detail: "exit code 3" }),
          phaseOf(2, { status: "blocked" }),
        ],
        { queue: queueOf({ paused: true }) },
      ),
    );
    assert.deepEqual(announcementsOf(before, after), {
      polite: "The queue is paused. Phase 2 Title 2: blocked",
      assertive: "Phase 1 Title 1: failed, exit code 3",
    });
  });

  it("counts what is more than anybody listens to", () => {
    const after = dataOf(
      stateOf([1, 2, 3, 4, 5].map((number) => phaseOf(number, { status: "blocked" }))),
    );
    assert.match(announcementsOf(before, after).polite, /, and 2 more changes$/);
  });
});
