import { HopperError } from "./base/errors";
import { type Words, words } from "./base/words";
import type { MirrorWorker } from "./github/mirrorWorker";
import { type HopperCommands, result } from "./protocol/commands";
import type { Queue } from "./queue/queue";

/** The commands that are about GitHub. */
export type MirrorCommands = Pick<HopperCommands, "startMirror" | "stopMirror" | "syncMirrors">;

/** @param worker undefined where this process has no sign-in: what is to be written is kept. */
export function mirrorCommands(queue: Queue, worker: MirrorWorker | undefined): MirrorCommands {
  const planOf = (planId: string): Words => {
    const plan = queue.plan(planId);
    if (!plan) {
      throw new HopperError("notFound", words`There is no plan ${planId} in this queue.`);
    }
    return words`Plan ${plan.plan_number}`;
  };
  /* Async, so that whatever is thrown inside becomes a rejection. */
  /* eslint-disable @typescript-eslint/require-await */
  return {
    async startMirror(planId, settings) {
      const name = planOf(planId);
      queue.startMirror(planId, settings);
      worker?.tryAgain();
      const paused = queue.outbox.mirror(planId)?.paused ?? false;
      const where = `${settings.owner}/${settings.name}`;
      return result(
        paused
          ? words`${name} is mirrored to ${where}; while it is paused, nothing is created there.`
          : words`${name} is mirrored to ${where}.`,
      );
    },
    async stopMirror(planId) {
      const name = planOf(planId);
      return result(
        queue.stopMirror(planId)
          ? words`${name} is not mirrored any more; its issues stay as they are.`
          : words`${name} was not mirrored.`,
      );
    },
    async syncMirrors() {
      queue.outbox.retryFailed();
      worker?.tryAgain();
      const count = queue.outbox.pending().length;
      return result(
        count === 0
          ? words`GitHub has everything.`
          : count === 1
            ? words`1 thing is to be written to GitHub.`
            : words`${count} things are to be written to GitHub.`,
      );
    },
  };
  /* eslint-enable @typescript-eslint/require-await */
}
