import { errorMessage } from "../../../src/core/base/errors";
import { figure, rounds } from "../support/extent";
import { World } from "./world";

/**
 * Everything that can happen next to two phases, one behind the other. A host dies between two of its
 * steps by being killed there; another one comes; wrappers take, end, die whenever they like.
 */
const moves = [
  "host dies after prepare",
  "host dies after claim",
  "host dies after launch",
  "host dies now",
  "host comes",
  "another host takes over",
  "host that was taken over from wakes",
  "host looks",
  "late launcher starts it again",
  "wrapper takes",
  "wrapper ends",
  "wrapper dies",
  "person retries",
  "person cancels",
  "host dies in a cancel",
] as const;
type Move = (typeof moves)[number];

/** Longer than what `npm test` tries, and each of them went wrong once. */
const remembered: readonly (readonly Move[])[] = [
  [
    "host comes",
    "another host takes over",
    "wrapper takes",
    "wrapper dies",
    "host that was taken over from wakes",
  ],
  [
    "host comes",
    "wrapper takes",
    "wrapper ends",
    "another host takes over",
    "host that was taken over from wakes",
  ],
];

describe("the protocol between host and wrapper", () => {
  it("in every order of its steps starts an attempt at most once, and loses no phase", async () => {
    const depth = rounds({ whole: 5, part: 3 });
    for (const path of remembered) {
      await leadsOn(path, new Set());
    }
    const seen = new Set<string>();
    let frontier: (readonly Move[])[] = [[]];
    let orders = 0;
    for (let length = 0; length <= depth; length++) {
      const next: (readonly Move[])[] = [];
      for (const path of frontier) {
        for (const move of length === 0 ? [undefined] : moves) {
          const longer = move === undefined ? path : [...path, move];
          orders++;
          if (await leadsOn(longer, seen)) {
            next.push(longer);
          }
        }
      }
      frontier = next;
    }
    figure(
      "D3 attempts, all interleavings of two phases",
      `${orders} orders of up to ${depth} of ${moves.length} steps, ${seen.size} states; ` +
        `0 attempts started twice, 0 phases lost, 0 completed without an end`,
    );
  });
});

/** Plays the moves; answers whether the last could be made and they lead to a state not seen before. */
async function leadsOn(path: readonly Move[], seen: Set<string>): Promise<boolean> {
  const world = await World.open();
  try {
    for (const [index, move] of path.entries()) {
      const when = path.slice(0, index + 1).join(", ");
      const wasMade = await made(world, move, when);
      world.check(when);
      if (!wasMade) {
        return false;
      }
    }
    const state = world.state();
    if (seen.has(state)) {
      return false;
    }
    seen.add(state);
    await world.comeToAnEnd(path.join(", "));
    return true;
  } finally {
    await world.close();
  }
}

async function made(world: World, move: Move, when: string): Promise<boolean> {
  try {
    return await make(world, move);
  } catch (error) {
    throw new Error(`${when}: ${errorMessage(error)}`, { cause: error });
  }
}

function make(world: World, move: Move): boolean | Promise<boolean> {
  switch (move) {
    case "host dies after prepare":
      return world.dieIn("prepare");
    case "host dies after claim":
      return world.dieIn("claim");
    case "host dies after launch":
      return world.dieIn("launch");
    case "host dies now":
      return world.die();
    case "host comes":
      return world.come();
    case "another host takes over":
      return world.takeOver();
    case "host that was taken over from wakes":
      return world.wake();
    case "host looks":
      return world.look();
    case "late launcher starts it again":
      return world.orderAgain();
    case "wrapper takes":
      return world.take();
    case "wrapper ends":
      return world.end();
    case "wrapper dies":
      return world.dieOfWrapper();
    case "person retries":
      return world.retry();
    case "person cancels":
      return world.cancel();
    case "host dies in a cancel":
      return world.cancel("stop");
  }
}
