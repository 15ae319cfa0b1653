import { setMaxListeners } from "node:events";
import type * as z from "zod";
import type { Clock } from "../base/clock";
import { HopperError } from "../base/errors";
import type { Disposable } from "../base/lifecycle";
import type {
  CommandResult,
  EnqueueRequest,
  EnqueueResult,
  HopperCommands,
} from "../protocol/commands";
import { InvalidPlanError } from "../protocol/plan";
import { kindOfStatus } from "./answer";
import { exchange, openConnection, type OwnerAddress } from "./exchange";
import { tooLarge } from "./requestBody";
import { usualBodyLimit } from "./route";
import { planBodyLimit } from "./routes";
import { commandAnswer, enqueueAnswer, type EnqueueBody, refusalAnswer } from "./schemas";

/** A follower's hold on the owner: every command goes there and is answered from there. */
export interface OwnerClient extends HopperCommands, Disposable {
  /** A command was sent: before that, one that fails cannot have been carried out. */
  readonly hasSent: boolean;
  /** Resolves if the owner answers; rejects with `unavailable` if it is gone or stopped. */
  ping(): Promise<void>;
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

  async enqueue(request: EnqueueRequest): Promise<EnqueueResult> {
    const { parentIssue, ifEnqueued, ...same } = request;
    const body: EnqueueBody = {
      ...same,
      ...(parentIssue !== undefined && { parent_issue: parentIssue }),
      ...(ifEnqueued !== undefined && { if_enqueued: ifEnqueued }),
    };
    const answer = await this.send("POST", "/api/plans", body, enqueueAnswer, planBodyLimit);
    return { planId: answer.plan_id, planNumber: answer.plan_number, phases: answer.phases };
  }

  start(queueId: string): Promise<CommandResult> {
    return this.command("POST", `/api/queue/${encodeURIComponent(queueId)}/execute`);
  }

  retry(queueId: string): Promise<CommandResult> {
    return this.command("POST", `/api/queue/${encodeURIComponent(queueId)}/retry`);
  }

  cancel(queueId: string): Promise<CommandResult> {
    return this.command("POST", `/api/queue/${encodeURIComponent(queueId)}/cancel`);
  }

  skip(queueId: string): Promise<CommandResult> {
    return this.command("POST", `/api/queue/${encodeURIComponent(queueId)}/skip`);
  }

  removePhase(queueId: string, dropDependencies?: boolean): Promise<CommandResult> {
    const body = { drop_dependencies: dropDependencies };
    return this.command("DELETE", `/api/queue/${encodeURIComponent(queueId)}`, body);
  }

  removePlan(planId: string): Promise<CommandResult> {
    return this.command("DELETE", `/api/plans/${encodeURIComponent(planId)}`);
  }

  complete(queueId: string, note?: string): Promise<CommandResult> {
    return this.command("POST", `/api/queue/${encodeURIComponent(queueId)}/complete`, { note });
  }

  fail(queueId: string, note?: string): Promise<CommandResult> {
    return this.command("POST", `/api/queue/${encodeURIComponent(queueId)}/fail`, { note });
  }

  setPaused(paused: boolean, planId?: string): Promise<CommandResult> {
    return this.command("POST", "/api/queue/config/pause", { paused, plan_id: planId });
  }

  dispose(): void {
    this.abort.abort();
  }

  private async command(method: string, path: string, body: object = {}): Promise<CommandResult> {
    const { message } = await this.send(method, path, body, commandAnswer, usualBodyLimit);
    return { message };
  }

  private async send<T>(
    method: string,
    path: string,
    body: object,
    schema: z.ZodType<T>,
    limit: number,
  ): Promise<T> {
    const text = JSON.stringify(body);
    // The owner would close the connection while we are still sending, and its reason be lost.
    if (Buffer.byteLength(text) > limit) {
      throw new HopperError("usage", tooLarge(limit));
    }
    const { address, clock } = this;
    const socket = await openConnection(address, clock, this.abort.signal);
    this.hasSent = true;
    const { status, json } = await exchange({ method, path, text }, socket, address, clock);
    if (status >= 400) {
      throw toError(status, json);
    }
    const answer = schema.safeParse(json);
    if (!answer.success) {
      throw new HopperError(
        "unavailable",
        "The queue's owner answered something unknown; its version may be another one. " +
          "The command may have been carried out.",
        { cause: answer.error },
      );
    }
    return answer.data;
  }
}

function toError(status: number, json: unknown): HopperError {
  const { data } = refusalAnswer.safeParse(json);
  const detail = data?.detail ?? `The queue's owner answered with status ${status}.`;
  if (status === 422) {
    return new InvalidPlanError(detail, data?.problems ?? []);
  }
  return new HopperError(kindOfStatus.get(status) ?? "unavailable", detail);
}
