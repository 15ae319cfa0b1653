import type { Assets } from "./base/assets";
import { yieldToEventLoop } from "./base/clock";
import { HopperError } from "./base/errors";
import { type Words, words } from "./base/words";
import type { Coordinator } from "./coordinator/coordinator";
import { enqueuePlan } from "./coordinator/enqueuePlan";
import { updatePlan } from "./coordinator/updatePlan";
import type { MirrorCommands } from "./mirrorCommands";
import type { FolderIdentity } from "./ownership/folderIdentity";
import { type HopperCommands, result } from "./protocol/commands";
import type { QueueEvent } from "./protocol/queue";
import type { Runners } from "./protocol/runners";
import { phaseListWords } from "./protocol/words/phaseList";
import { statusWords } from "./protocol/words/statusWords";
import { stored } from "./protocol/words/storedWords";
import type { WorkflowCommands } from "./protocol/workflows";
import type { Queue } from "./queue/queue";

/** The commands that are about plans and phases. */
export type QueueCommands = Omit<HopperCommands, keyof WorkflowCommands | keyof MirrorCommands>;

export interface QueueCommandsOptions {
  readonly assets: Assets;
  /** Asked each time, so that changed settings count at once. */
  readonly runners: () => Runners;
}

/** The commands, as promises: what a follower gets over a socket, the owner's own host gets alike. */
export function queueCommands(
  options: QueueCommandsOptions,
  folder: FolderIdentity,
  queue: Queue,
  coordinator: Coordinator,
): QueueCommands {
  const numberOf = (queueId: string): Words => words`Phase ${queue.state(queueId)?.number ?? "?"}`;
  /* Async, so that whatever is thrown inside becomes a rejection. */
  /* eslint-disable @typescript-eslint/require-await */
  return {
    async enqueue(request) {
      const context = { workspace: folder.path, runners: options.runners() };
      const planId = await enqueuePlan(queue, request, context, options.assets.planWorker);
      const planNumber = queue.plan(planId)?.plan_number ?? 0;
      // Storing a long plan took its time, and so does reading it: others have a turn in between.
      await yieldToEventLoop();
      return { planId, planNumber, phases: await queue.phasesInTurns(planId) };
    },
    async start(queueId) {
      return coordinator.startPhase(queueId);
    },
    async retry(queueId) {
      const events = queue.retry(queueId);
      const back = events.filter(({ queue_id }) => queue_id !== queueId);
      const name = numberOf(queueId);
      return result(
        back.length === 0
          ? words`${name} is ready again.`
          : words`${name} is ready again; no longer blocked: ${phasesOf(back)}.`,
      );
    },
    cancel: (queueId) => coordinator.cancel(queueId),
    async skip(queueId) {
      queue.skip(queueId);
      return result(words`${numberOf(queueId)} was skipped: it counts as completed.`);
    },
    async removePhase(queueId, dropDependencies) {
      const name = numberOf(queueId);
      const events = queue.removePhase(queueId, dropDependencies);
      const blocked = events.filter(({ to_status }) => to_status === "blocked");
      return result(
        blocked.length === 0
          ? words`${name} was removed.`
          : words`${name} was removed; now blocked: ${phasesOf(blocked)}.`,
      );
    },
    async dropDependencies(queueId) {
      const dropped = phaseListWords(queue.dropDependencies(queueId));
      const status = queue.state(queueId)?.status;
      const now = status === undefined ? words`gone` : statusWords[status];
      return result(words`${numberOf(queueId)} no longer depends on ${dropped}; it is ${now} now.`);
    },
    async removePlan(planId) {
      const plan = queue.plan(planId);
      queue.removePlan(planId);
      return result(words`Plan ${plan?.plan_number ?? ""} was removed.`);
    },
    async updatePlan(request) {
      const context = { workspace: folder.path, runners: options.runners() };
      return updatePlan(queue, request, context, options.assets.planWorker);
    },
    async movePlan(planId, before) {
      queue.movePlan(planId, before);
      const other = before === undefined ? undefined : queue.plan(before)?.plan_number;
      const number = queue.plan(planId)?.plan_number ?? "";
      return result(
        other === undefined
          ? words`Plan ${number} is started after all others.`
          : words`Plan ${number} is started before Plan ${other}.`,
      );
    },
    async movePhase(queueId, before) {
      queue.movePhase(queueId, before);
      return result(
        before === undefined
          ? words`${numberOf(queueId)} is started after all others, once it is ready.`
          : words`${numberOf(queueId)} is started before ${numberOf(before)}, once it is ready.`,
      );
    },
    async complete(queueId, note) {
      return coordinator.report(queueId, "completed", note);
    },
    async fail(queueId, note) {
      return coordinator.report(queueId, "failed", note);
    },
    async setPaused(paused, planId) {
      if (planId === undefined) {
        queue.setPaused(paused);
        return result(paused ? words`The queue is paused.` : words`The queue goes on.`);
      }
      const plan = queue.plan(planId);
      if (!plan) {
        throw new HopperError("notFound", words`There is no plan ${planId} in this queue.`);
      }
      queue.setPlanPaused(planId, paused ? stored("pausedByYou") : undefined);
      return result(
        paused
          ? words`Plan ${plan.plan_number} is paused.`
          : words`Plan ${plan.plan_number} goes on.`,
      );
    },
  };
  /* eslint-enable @typescript-eslint/require-await */
}

/** "Phases 2 and 3": the phases that some events are about. */
function phasesOf(events: readonly QueueEvent[]): Words {
  return phaseListWords(events.flatMap(({ phase_number }) => phase_number ?? []));
}
