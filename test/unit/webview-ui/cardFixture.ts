import type {
  CardPhase,
  CardPlan,
  CardQueue,
  CardState,
} from "../../../src/core/protocol/card/cardState";

/** Phases, plans and queues of a card, of which a test says what matters to it. */

export function phaseOf(number: number, change: Partial<CardPhase> = {}): CardPhase {
  return {
    queueId: `q${number}`,
    planId: "plan",
    number,
    title: `Title ${number}`,
    status: "queued",
    skipped: false,
    detail: "",
    dependsOn: number > 1 ? [number - 1] : [],
    runner: "shell",
    attempts: [],
    updatedAt: 0,
    actions: [],
    ...change,
  };
}

export function planOf(change: Partial<CardPlan> = {}): CardPlan {
  return {
    planId: "plan",
    number: 1,
    title: "Release",
    waiting: { kind: "completed", text: "all phases are completed" },
    actions: [],
    ...change,
  };
}

export function queueOf(change: Partial<CardQueue> = {}): CardQueue {
  return {
    kind: "owner",
    message: "",
    paused: false,
    canChange: true,
    waiting: { kind: "completed", text: "all phases are completed" },
    canRepair: false,
    canTakeOver: false,
    ...change,
  };
}

export function stateOf(phases: readonly CardPhase[], change: Partial<CardState> = {}): CardState {
  return { queue: queueOf(), plans: [planOf()], phases: [...phases], ...change };
}
