import assert from "node:assert/strict";
import { systemClock } from "../../../src/core/base/clock";
import { HopperError } from "../../../src/core/base/errors";
import type { OwnerClient } from "../../../src/core/api/client";
import { listPlans } from "../../../src/core/api/planRoutes";
import { listAttempts } from "../../../src/core/api/queueRoutes";
import { findOwner } from "../../../src/core/ownership/follower";
import {
  currentUser,
  openStateFolder,
  type StateFolder,
} from "../../../src/core/ownership/stateFolder";
import { type Dice, oneOf } from "../../support/dice";
import { endProcess } from "../../support/processes";
import type { Workspace } from "../../support/workspace";
import type { AttemptEntry } from "./books";
import { randomPlan } from "./plans";

/** What may be answered to somebody who does anything at random. */
const refusals: ReadonlySet<string> = new Set(["conflict", "notFound", "unavailable"]);
/** So many plans are under way at a time, and so many that are done are kept. */
const most = { underWay: 16, done: 24 };

type Plan = Awaited<ReturnType<typeof plansOf>>[number];
type Phase = Plan["phases"][number];

async function plansOf(client: OwnerClient) {
  return (await client.ask(listPlans, { query: {} })).plans;
}

/** Attempts of phases whose plan was removed after it was done: nothing changed in them any more. */
export type Archive = Map<string, readonly AttemptEntry[]>;

/** Somebody who gives commands over the owner's socket, as the command line does, without a plan. */
export class User {
  commands = 0;
  /** Those that the state of things does not allow. */
  refused = 0;
  /** Those that came while nobody owned the queue, or its owner died. */
  unanswered = 0;
  private readonly state: StateFolder;

  constructor(
    private readonly workspace: Workspace,
    private readonly dice: Dice,
    private readonly archive: Archive,
  ) {
    const env = workspace.environment();
    this.state = openStateFolder({ ...currentUser(), env, home: env["HOME"] ?? "" });
  }

  /** Does one thing; whoever owns the queue may be killed meanwhile. */
  async act(): Promise<void> {
    await this.try(async (client) => {
      const plans = await plansOf(client);
      const open = plans.filter(({ phases }) => !isDone(phases));
      if (open.length < most.underWay) {
        for (let count = 0; count < 4; count++) {
          await client.enqueue({ markdown: randomPlan(this.dice), title: "Soak" });
        }
      }
      await this.tidy(client, plans);
      await this.meddle(client, open);
    });
  }

  /**
   * Sees that everything comes to an end: what waits for a person gets one. Answers whether all is done.
   */
  async finish(): Promise<boolean> {
    let done = false;
    await this.try(async (client) => {
      await client.setPaused(false);
      const plans = await plansOf(client);
      for (const { plan_id, paused_reason, phases } of plans) {
        if (paused_reason !== undefined) {
          await client.setPaused(false, plan_id);
        }
        for (const { queue_id, status, runner } of phases) {
          // A phase may be blocked since one that it depends on was removed.
          if (status === "failed" || status === "blocked") {
            await client.skip(queue_id);
          } else if (status === "running" && runner === "manual") {
            await client.complete(queue_id);
          }
        }
      }
      done = plans.every(({ phases }) => isDone(phases));
    });
    return done;
  }

  /** Reads the files, as one who follows does. */
  async look(): Promise<void> {
    await this.workspace.look((queue) => queue.lastEventId);
  }

  endLauncher(): void {
    const launchers = this.workspace
      .processes()
      .filter(({ command }) => /launcher\.sh/.test(command));
    const launcher = oneOf(this.dice, launchers);
    if (launcher) {
      endProcess(launcher.pid);
    }
  }

  private async meddle(client: OwnerClient, open: readonly Plan[]): Promise<void> {
    const plan = oneOf(this.dice, open);
    const phase =
      plan &&
      oneOf(
        this.dice,
        plan.phases.filter(({ status }) => status !== "completed"),
      );
    if (!plan || !phase) {
      return;
    }
    switch (this.dice.below(20)) {
      case 0:
        await client.setPaused(true);
        return;
      case 1:
        await client.setPaused(true, plan.plan_id);
        return;
      case 2:
        await client.movePlan(plan.plan_id);
        return;
      case 3:
        await client.movePhase(phase.queue_id);
        return;
      case 4:
        await this.look();
        return;
      case 5:
      case 6:
      case 7:
      case 8:
        // A queue whose phases fail often is paused by itself, and a plan by a checkpoint.
        await client.setPaused(false);
        await client.setPaused(false, plan.plan_id);
        return;
      default:
        await this.touch(client, phase);
    }
  }

  /** Does to a phase what people do to one in its status. */
  private async touch(client: OwnerClient, { queue_id, status, runner }: Phase): Promise<void> {
    const manual = runner === "manual";
    switch (status) {
      case "failed":
        await (this.dice.below(3) === 0 ? client.skip(queue_id) : client.retry(queue_id));
        return;
      case "running":
        await (manual
          ? this.dice.below(6) === 0
            ? client.fail(queue_id, "no")
            : client.complete(queue_id)
          : client.cancel(queue_id));
        return;
      case "ready":
        await client.start(queue_id);
        return;
      case "blocked":
      case "queued":
        await (this.dice.below(3) > 0
          ? client.skip(queue_id)
          : this.dice.below(2) === 0
            ? client.removePhase(queue_id, this.dice.below(2) === 0)
            : client.retry(queue_id));
        return;
      case "completed":
    }
  }

  /** Removes the oldest plans that are done, once their attempts were noted. */
  private async tidy(client: OwnerClient, plans: readonly Plan[]): Promise<void> {
    const done = plans.filter(({ phases }) => isDone(phases));
    for (const { plan_id, phases } of done.slice(0, Math.max(0, done.length - most.done))) {
      for (const { queue_id } of phases) {
        const { attempts } = await client.ask(listAttempts, { params: { queue_id } });
        this.archive.set(queue_id, attempts);
      }
      await client.removePlan(plan_id);
    }
  }

  private async try(work: (client: OwnerClient) => Promise<void>): Promise<void> {
    const client = findOwner(this.workspace.path, this.state, systemClock);
    if (!client) {
      return;
    }
    try {
      this.commands++;
      await work(client);
    } catch (error) {
      assert.ok(error instanceof HopperError, String(error));
      assert.ok(refusals.has(error.kind), `${error.kind}: ${error.message}`);
      this.unanswered += error.kind === "unavailable" ? 1 : 0;
      this.refused += error.kind === "unavailable" ? 0 : 1;
    } finally {
      client.dispose();
    }
  }
}

function isDone(phases: readonly { readonly status: string }[]): boolean {
  return phases.every(({ status }) => status === "completed");
}
