import assert from "node:assert/strict";
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

/** Even where they cannot be made, a host has got to work because of them. */
const neverInVain: ReadonlySet<Move> = new Set([
  "host dies after prepare",
  "host dies after claim",
  "host dies after launch",
  "host dies in a cancel",
]);

describe("the protocol between host and wrapper", () => {
  it("in every order of its steps starts an attempt at most once, and loses no phase", async () => {
    const depth = rounds({ whole: 5, part: 3 });
    for (const path of remembered) {
      await ledTo(path, (world) => world.comeToAnEnd(path.join(", ")));
    }
    const seen = new Set<string>();
    await ledTo([], (world) => endsWell(world, [], seen));
    let frontier: (readonly Move[])[] = [[]];
    let orders = 1;
    for (let length = 1; length <= depth; length++) {
      const next: (readonly Move[])[] = [];
      for (const path of frontier) {
        orders += moves.length;
        next.push(...(await newPathsFrom(path, seen)));
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

/** Tries each move behind those of the path; answers the paths that lead to states not seen before. */
async function newPathsFrom(
  path: readonly Move[],
  seen: Set<string>,
): Promise<(readonly Move[])[]> {
  const found: (readonly Move[])[] = [];
  for (let tried = 0; tried < moves.length;) {
    await ledTo(path, async (world) => {
      // As long as they cannot be made, moves can be tried in the same world.
      for (const move of moves.slice(tried)) {
        tried++;
        const before = world.state();
        if (await made(world, path, move)) {
          const longer = [...path, move];
          found.push(...((await endsWell(world, longer, seen)) ? [longer] : []));
          return;
        }
        if (neverInVain.has(move)) {
          return;
        }
        assert.equal(world.state(), before, `${path.join(", ")}: ${move} was not made`);
      }
    });
  }
  return found;
}

/** Plays the moves in a world of their own, and shows what they led to. */
async function ledTo<T>(path: readonly Move[], look: (world: World) => T | Promise<T>): Promise<T> {
  const world = await World.open();
  try {
    for (const [index, move] of path.entries()) {
      assert.ok(await made(world, path.slice(0, index), move), path.join(", "));
    }
    return await look(world);
  } finally {
    await world.close();
  }
}

/** From a state not seen before everything comes to its end; answers whether it was one. */
async function endsWell(world: World, path: readonly Move[], seen: Set<string>): Promise<boolean> {
  const state = world.state();
  if (seen.has(state)) {
    return false;
  }
  seen.add(state);
  await world.comeToAnEnd(path.join(", "));
  return true;
}

/** Makes the move behind those of the path; answers whether it could be made. Whatever it did was allowed. */
async function made(world: World, path: readonly Move[], move: Move): Promise<boolean> {
  const when = [...path, move].join(", ");
  try {
    const wasMade = await make(world, move);
    world.check(when);
    return wasMade;
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
      return world.wrappers.orderAgain();
    case "wrapper takes":
      return world.wrappers.take();
    case "wrapper ends":
      return world.wrappers.end();
    case "wrapper dies":
      return world.wrappers.die();
    case "person retries":
      return world.retry();
    case "person cancels":
      return world.cancel();
    case "host dies in a cancel":
      return world.cancel("stop");
  }
}
