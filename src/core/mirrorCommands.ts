import { HopperError } from "./base/errors";
import type { MirrorWorker } from "./github/mirrorWorker";
import type { HopperCommands } from "./protocol/commands";
import type { Queue } from "./queue/queue";

/** The commands that are about GitHub. */
export type MirrorCommands = Pick<HopperCommands, "startMirror" | "stopMirror" | "syncMirrors">;

/** @param worker undefined where this process has no sign-in: what is to be written is kept. */
export function mirrorCommands(queue: Queue, worker: MirrorWorker | undefined): MirrorCommands {
  const planOf = (planId: string): string => {
    const plan = queue.plan(planId);
    if (!plan) {
      throw new HopperError("notFound", `There is no plan ${planId} in this queue.`);
    }
    return `Plan ${plan.plan_number}`;
  };
  /* Async, so that whatever is thrown inside becomes a rejection. */
  /* eslint-disable @typescript-eslint/require-await */
  return {
    async startMirror(planId, settings) {
      const name = planOf(planId);
      queue.startMirror(planId, settings);
      worker?.tryAgain();
      const paused = queue.outbox.mirror(planId)?.paused ?? false;
      const where = `${name} is mirrored to ${settings.owner}/${settings.name}`;
      return {
        message: paused ? `${where}; while it is paused, nothing is created there.` : `${where}.`,
      };
    },
    async stopMirror(planId) {
      const name = planOf(planId);
      return {
        message: queue.stopMirror(planId)
          ? `${name} is not mirrored any more; its issues stay as they are.`
          : `${name} was not mirrored.`,
      };
    },
    async syncMirrors() {
      queue.outbox.retryFailed();
      worker?.tryAgain();
      const count = queue.outbox.pending().length;
      const things = count === 1 ? "1 thing is" : `${count} things are`;
      return {
        message: count === 0 ? "GitHub has everything." : `${things} to be written to GitHub.`,
      };
    },
  };
  /* eslint-enable @typescript-eslint/require-await */
}
