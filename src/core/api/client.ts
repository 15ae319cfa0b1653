import { setMaxListeners } from "node:events";
import type * as z from "zod";
import type { Clock } from "../base/clock";
import { HopperError } from "../base/errors";
import type { Disposable } from "../base/lifecycle";
import { words } from "../base/words";
import {
  type CommandResult,
  type EnqueueRequest,
  type EnqueueResult,
  type HopperCommands,
  result,
  type UpdateRequest,
} from "../protocol/commands";
import type { MirrorSettings } from "../protocol/mirrors";
import { InvalidPlanError } from "../protocol/plan";
import type {
  AttemptToken,
  Heartbeat,
  WorkflowEntry,
  WorkflowEntryResult,
  WorkflowReport,
  WorkflowReportResult,
} from "../protocol/workflows";
import { kindOfStatus } from "./answer";
import { exchange, openConnection, type OwnerAddress } from "./exchange";
import * as mirrors from "./mirrorRoutes";
import { enqueuePlan, movePlan, removePlan, updatePlan } from "./planRoutes";
import * as phases from "./queueRoutes";
import { tooLarge } from "./requestBody";
import type { nothing, Route } from "./route";
import { refusalReply } from "./schemas";
import * as workflows from "./workflowRoutes";

/** What a route is asked with: its path's parameters, its query and its body, where it takes any. */
type Input<R extends Route> = Given<"params", R["params"]> &
  Given<"query", R["query"]> &
  Given<"body", R["body"]>;

type Given<Part extends string, Schema extends z.ZodType> = Schema extends typeof nothing
  ? unknown
  : { readonly [K in Part]: z.input<Schema> };

/** A hold on the owner: what the API can be asked, and with it every command. */
export interface OwnerClient extends HopperCommands, Disposable {
  /** A command was sent: before that, one that fails cannot have been carried out. */
  readonly hasSent: boolean;
  /** Resolves if the owner answers; rejects with `unavailable` if it is gone or stopped. */
  ping(): Promise<void>;
  /** Asks one route of the table; shapes of request and answer follow from its row. */
  ask<R extends Route>(row: R, input: Input<R>): Promise<z.output<R["reply"]>>;
}

/**
 * A client of the owner that listens at this address. It connects anew for each command. Commands
 * reject as the owner's do, and with `unavailable` when the owner does not answer.
 */
export function connectOwner(address: OwnerAddress & { readonly clock: Clock }): OwnerClient {
  return new HttpOwnerClient(address, address.clock);
}

class HttpOwnerClient implements OwnerClient {
  hasSent = false;
  private readonly abort = new AbortController();

  constructor(
    private readonly address: OwnerAddress,
    private readonly clock: Clock,
  ) {
    // Each command under way listens to it; from the eleventh on, Node would warn of a leak.
    setMaxListeners(0, this.abort.signal);
  }

  async ping(): Promise<void> {
    const socket = await openConnection(this.address, this.clock, this.abort.signal);
    socket.destroy();
  }

  ask<R extends Route>(row: R, input: Input<R>): Promise<z.output<R["reply"]>>;
  async ask(row: Route, input: { params?: unknown; query?: unknown; body?: unknown }) {
    const json = await this.send(row, pathOf(row, input.params, input.query), input.body ?? {});
    const answer = row.reply.safeParse(json);
    if (!answer.success) {
      throw new HopperError(
        "unavailable",
        words`The queue's owner answered something unknown; its version may be another one. The command may have been carried out.`,
        { cause: answer.error },
      );
    }
    return answer.data;
  }

  async enqueue(request: EnqueueRequest): Promise<EnqueueResult> {
    const { parentIssue, ifEnqueued, ...same } = request;
    const body = {
      ...same,
      ...(parentIssue !== undefined && { parent_issue: parentIssue }),
      ...(ifEnqueued !== undefined && { if_enqueued: ifEnqueued }),
    };
    const answer = await this.ask(enqueuePlan, { body });
    return { planId: answer.plan_id, planNumber: answer.plan_number, phases: answer.phases };
  }

  start(queueId: string): Promise<CommandResult> {
    return done(this.ask(phases.startPhase, { params: { queue_id: queueId } }));
  }

  retry(queueId: string): Promise<CommandResult> {
    return done(this.ask(phases.retryPhase, { params: { queue_id: queueId } }));
  }

  cancel(queueId: string): Promise<CommandResult> {
    return done(this.ask(phases.cancelPhase, { params: { queue_id: queueId } }));
  }

  skip(queueId: string): Promise<CommandResult> {
    return done(this.ask(phases.skipPhase, { params: { queue_id: queueId } }));
  }

  removePhase(queueId: string, dropDependencies?: boolean): Promise<CommandResult> {
    const body = dropDependencies === undefined ? {} : { drop_dependencies: dropDependencies };
    return done(this.ask(phases.removePhase, { params: { id: queueId }, body }));
  }

  dropDependencies(queueId: string): Promise<CommandResult> {
    return done(this.ask(phases.dropDependencies, { params: { queue_id: queueId } }));
  }

  removePlan(planId: string): Promise<CommandResult> {
    return done(this.ask(removePlan, { params: { plan_id: planId } }));
  }

  updatePlan({ planId, ...body }: UpdateRequest): Promise<CommandResult> {
    return done(this.ask(updatePlan, { params: { plan_id: planId }, body }));
  }

  movePlan(planId: string, before?: string): Promise<CommandResult> {
    const body = before === undefined ? {} : { before };
    return done(this.ask(movePlan, { params: { plan_id: planId }, body }));
  }

  movePhase(queueId: string, before?: string): Promise<CommandResult> {
    const body = before === undefined ? {} : { before };
    return done(this.ask(phases.movePhase, { params: { queue_id: queueId }, body }));
  }

  complete(queueId: string, note?: string): Promise<CommandResult> {
    const body = note === undefined ? {} : { note };
    return done(this.ask(phases.completePhase, { params: { queue_id: queueId }, body }));
  }

  fail(queueId: string, note?: string): Promise<CommandResult> {
    const body = note === undefined ? {} : { note };
    return done(this.ask(phases.failPhase, { params: { queue_id: queueId }, body }));
  }

  setPaused(paused: boolean, planId?: string): Promise<CommandResult> {
    const body = { paused, ...(planId !== undefined && { plan_id: planId }) };
    return done(this.ask(phases.setPaused, { body }));
  }

  startMirror(planId: string, settings: MirrorSettings): Promise<CommandResult> {
    return done(this.ask(mirrors.startMirror, { params: { plan_id: planId }, body: settings }));
  }

  stopMirror(planId: string): Promise<CommandResult> {
    return done(this.ask(mirrors.stopMirror, { params: { plan_id: planId } }));
  }

  syncMirrors(): Promise<CommandResult> {
    return done(this.ask(mirrors.syncMirrors, {}));
  }

  async reportWorkflow(report: WorkflowReport): Promise<WorkflowReportResult> {
    const { queueId, issueNumber, attemptToken, status, adwId, errorMessage, commitSha } = report;
    const answer = await this.ask(workflows.reportWorkflow, {
      body: {
        status,
        ...(queueId !== undefined && { queue_id: queueId }),
        ...(issueNumber !== undefined && { issue_number: issueNumber }),
        ...(attemptToken !== undefined && { attempt_token: attemptToken }),
        ...(adwId !== undefined && { adw_id: adwId }),
        ...(errorMessage !== undefined && { error_message: errorMessage }),
        ...(commitSha !== undefined && { commit_sha: commitSha }),
      },
    });
    return {
      message: answer.message,
      alreadySettled: answer.already_settled,
      changed: answer.changed,
      queueId: answer.queue_id,
      status: answer.status,
      workflowId: answer.workflow_id,
    };
  }

  async addWorkflow(workflow: WorkflowEntry): Promise<WorkflowEntryResult> {
    const { workflowId, queueId, issueNumber, adwId, status } = workflow;
    const { errorMessage, startTime, endTime } = workflow;
    const answer = await this.ask(workflows.addWorkflow, {
      body: {
        status,
        ...(workflowId !== undefined && { workflow_id: workflowId }),
        ...(queueId !== undefined && { queue_id: queueId }),
        ...(issueNumber !== undefined && { issue_number: issueNumber }),
        ...(adwId !== undefined && { adw_id: adwId }),
        ...(errorMessage !== undefined && { error_message: errorMessage }),
        ...(startTime !== undefined && { start_time: startTime }),
        ...(endTime !== undefined && { end_time: endTime }),
      },
    });
    return { message: answer.message, changed: answer.changed, workflowId: answer.workflow_id };
  }

  async heartbeat({ attemptToken, progress }: Heartbeat): Promise<{ readonly message: string }> {
    const body = { attempt_token: attemptToken, ...(progress !== undefined && { progress }) };
    const { message } = await this.ask(workflows.heartbeat, { body });
    return { message };
  }

  async issueToken(queueId: string): Promise<AttemptToken> {
    const answer = await this.ask(workflows.issueToken, { params: { queue_id: queueId } });
    const { message, token, queue_id, attempt_id: attemptId } = answer;
    return { message, token, queueId: queue_id, attemptId };
  }

  dispose(): void {
    this.abort.abort();
  }

  /** @throws HopperError what the owner refuses with. */
  private async send({ method, bodyLimit }: Route, path: string, body: unknown): Promise<unknown> {
    const text = JSON.stringify(body);
    // The owner would close the connection while we are still sending, and its reason be lost.
    if (Buffer.byteLength(text) > bodyLimit) {
      throw new HopperError("usage", tooLarge(bodyLimit));
    }
    const { address, clock } = this;
    const socket = await openConnection(address, clock, this.abort.signal);
    this.hasSent = true;
    const { status, json } = await exchange({ method, path, text }, socket, address, clock);
    if (status >= 400) {
      throw toError(status, json);
    }
    return json;
  }
}

/** The path with its parameters put in; what is no id is escaped, and then refused as no route. */
function pathOf({ path }: Route, params: unknown, query: unknown): string {
  const values = new Map(entriesOf(params));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(values.get(name) ?? ""),
  );
  const search = new URLSearchParams(entriesOf(query)).toString();
  return search === "" ? filled : `${filled}?${search}`;
}

function entriesOf(given: unknown): [string, string][] {
  return typeof given === "object" && given !== null
    ? Object.entries(given).map(([name, value]) => [name, String(value)])
    : [];
}

async function done(answer: Promise<{ readonly message: string }>): Promise<CommandResult> {
  const { message } = await answer;
  return result(message);
}

function toError(status: number, json: unknown): HopperError {
  const { data } = refusalReply.safeParse(json);
  const detail = data?.detail ?? words`The queue's owner answered with status ${status}.`;
  if (status === 422) {
    return new InvalidPlanError(detail, data?.problems ?? []);
  }
  return new HopperError(kindOfStatus.get(status) ?? "unavailable", detail);
}
