import {
  type EnqueueRequest,
  type EnqueueResult,
  type HopperCommands,
  result,
} from "../../../src/core/protocol/commands";
import type { PhaseQueueItem } from "../../../src/core/protocol/queue";
import type {
  AttemptToken,
  WorkflowEntry,
  WorkflowEntryResult,
  WorkflowReport,
  WorkflowReportResult,
} from "../../../src/core/protocol/workflows";

/** One call of a command as the owner's hopper would get it. */
export interface Call {
  readonly command: string;
  readonly arguments: readonly unknown[];
}

/** Commands that note how they were called, and do what `behaviour` says or succeed. */
export class FakeCommands implements HopperCommands {
  readonly calls: Call[] = [];
  behaviour: () => Promise<void> = () => Promise.resolve();

  async enqueue(request: EnqueueRequest): Promise<EnqueueResult> {
    await this.called("enqueue", request);
    return { planId: "plan-1", planNumber: 3, phases: [phase] };
  }

  readonly start = this.answering("start");
  readonly retry = this.answering("retry");
  readonly cancel = this.answering("cancel");
  readonly skip = this.answering("skip");
  readonly dropDependencies = this.answering("dropDependencies");
  readonly removePhase = this.answering("removePhase");
  readonly removePlan = this.answering("removePlan");
  readonly updatePlan = this.answering("updatePlan");
  readonly movePlan = this.answering("movePlan");
  readonly movePhase = this.answering("movePhase");
  readonly complete = this.answering("complete");
  readonly fail = this.answering("fail");
  readonly setPaused = this.answering("setPaused");
  readonly startMirror = this.answering("startMirror");
  readonly stopMirror = this.answering("stopMirror");
  readonly syncMirrors = this.answering("syncMirrors");

  readonly heartbeat = this.answering("heartbeat");

  async reportWorkflow(report: WorkflowReport): Promise<WorkflowReportResult> {
    await this.called("reportWorkflow", report);
    const { queue_id: queueId, status } = phase;
    const message = "did reportWorkflow";
    return {
      message,
      alreadySettled: false,
      changed: [],
      queueId,
      status,
      workflowId: "workflow-1",
    };
  }

  async addWorkflow(workflow: WorkflowEntry): Promise<WorkflowEntryResult> {
    await this.called("addWorkflow", workflow);
    return { message: "did addWorkflow", changed: [], workflowId: "workflow-1" };
  }

  async issueToken(queueId: string): Promise<AttemptToken> {
    await this.called("issueToken", queueId);
    return { message: "did issueToken", queueId, attemptId: "attempt-1", token: "f".repeat(64) };
  }

  private answering(command: string) {
    return async (...given: unknown[]) => {
      await this.called(command, ...given);
      return result(`did ${command}`);
    };
  }

  private async called(command: string, ...given: unknown[]): Promise<void> {
    this.calls.push({ command, arguments: given.filter((value) => value !== undefined) });
    await this.behaviour();
  }
}

export const phase: PhaseQueueItem = {
  queue_id: "11111111-1111-4111-8111-111111111111",
  plan_id: "plan-1",
  parent_issue: 0,
  plan_number: 3,
  phase_number: 1,
  label: "1",
  status: "ready",
  depends_on_phases: [],
  phase_data: { title: "Set up – größer", content: "```sh\necho 1\n```" },
  runner: "shell",
  priority: 50,
  attempts: 0,
  created_at: "2026-03-01T10:02:00.000Z",
  updated_at: "2026-03-01T10:02:00.000Z",
};
