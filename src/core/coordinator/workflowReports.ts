import { randomBytes } from "node:crypto";
import { HopperError } from "../base/errors";
import { words } from "../base/words";
import { statusWords } from "../protocol/words/statusWords";
import type {
  AttemptToken,
  Heartbeat,
  PhaseMove,
  WorkflowCommands,
  WorkflowEntry,
  WorkflowEntryResult,
  WorkflowReport,
  WorkflowReportResult,
} from "../protocol/workflows";
import type { AttemptItem } from "../protocol/queue";
import type { Runners } from "../protocol/runners";
import type { Queue } from "../queue/queue";
import type { PhaseState } from "../queue/rows";
import { linkPhase, noteHeartbeat, noteToken, writeWorkflow } from "../queue/workflowChanges";
import { tokenDigest } from "../queue/workflowReader";
import type { Coordinator } from "./coordinator";
import { storedReport } from "./processReport";
import type { WorkflowHistory } from "./workflowHistory";
import { ownKey } from "./workflowRow";

/** How long a text of progress may be: it is one line of a view. */
const longestProgress = 500;

/** A phase that is reported on, and the attempt that is meant. */
interface Reported {
  readonly phase: PhaseState;
  readonly attempt: AttemptItem | undefined;
}

/** Carries out what outside programs say; it is answered at once and changes what it still can. */
export class WorkflowReports implements WorkflowCommands {
  constructor(
    private readonly queue: Queue,
    private readonly coordinator: Coordinator,
    private readonly history: WorkflowHistory,
    private readonly runners: () => Runners,
  ) {}

  /* Async, so that whatever is thrown inside becomes a rejection. */
  /* eslint-disable @typescript-eslint/require-await */

  async reportWorkflow(report: WorkflowReport): Promise<WorkflowReportResult> {
    const { phase, attempt } = this.reported(report);
    const { queueId } = phase;
    if (!attempt) {
      this.refuseUnstarted(phase);
    }
    const late = whyLate(phase, attempt);
    const workflowId = this.store(report, phase, late !== undefined);
    const answer =
      late === undefined
        ? { ...this.carryOut(report, phase, workflowId), alreadySettled: false }
        : {
            message: `${late}; the report was stored and changed nothing.`,
            changed: [],
            alreadySettled: true,
          };
    const status = this.queue.state(queueId)?.status ?? phase.status;
    return { ...answer, queueId, status, workflowId };
  }

  async addWorkflow(entry: WorkflowEntry): Promise<WorkflowEntryResult> {
    const { workflowId, queueId, issueNumber, adwId } = entry;
    if ((workflowId ?? queueId ?? issueNumber ?? adwId) === undefined) {
      throw new HopperError(
        "usage",
        words`Say what the workflow is about: a phase, an issue or an ADW.`,
      );
    }
    if (queueId !== undefined) {
      this.phase(queueId);
      this.refuseOtherIssue(queueId, issueNumber);
    }
    const id = this.queue.note((change) => writeWorkflow(change, entry));
    const changed = this.changesOf(() => this.history.check());
    const done = workflowId === undefined ? "was written" : "was changed";
    return { message: `The workflow ${done}${moved(changed)}.`, workflowId: id, changed };
  }

  async heartbeat({ attemptToken, progress }: Heartbeat): Promise<{ readonly message: string }> {
    const { attempt_id: id } = this.attemptOf(attemptToken);
    const text = progress?.slice(0, longestProgress);
    const isNoted = this.queue.note((change) => noteHeartbeat(change, id, text));
    return { message: isNoted ? "Noted." : "The attempt has ended; nothing was noted." };
  }

  async issueToken(queueId: string): Promise<AttemptToken> {
    const { phase, attempt } = this.reported({ queueId });
    if (!attempt || !isOpen(phase, attempt)) {
      throw new HopperError(
        "conflict",
        words`Phase ${phase.number} is ${statusWords[phase.status]}, not running.`,
      );
    }
    const { attempt_id: attemptId, attempt_number: number } = attempt;
    const token = randomBytes(32).toString("hex");
    this.queue.note((change) => noteToken(change, attemptId, tokenDigest(token)));
    const message = `This token reports on attempt ${number} of Phase ${phase.number}, and on nothing else.`;
    return { message, queueId, attemptId, token };
  }

  /* eslint-enable @typescript-eslint/require-await */

  private carryOut(
    report: WorkflowReport,
    phase: PhaseState,
    workflowId: string,
  ): Pick<WorkflowReportResult, "message" | "changed"> {
    const { status, errorMessage: note, adwId, commitSha } = report;
    const { queueId } = phase;
    const more = {
      workflow_id: workflowId,
      ...(adwId !== undefined && { adw_id: adwId }),
      ...(commitSha !== undefined && { commit_sha: commitSha }),
    };
    let message = "";
    const changed = this.changesOf(() => {
      if (phase.status === "ready") {
        this.history.begin(queueId, ownKey(workflowId));
      }
      const item = this.openAttempt(queueId);
      if (item?.runner_kind === "shell" || item?.runner_kind === "command") {
        const evidence = { reported: status, ...(note !== undefined && { note }), ...more };
        this.coordinator.noteReport(queueId, evidence);
        message = `Phase ${phase.number} is running: the report was noted, its own process decides.`;
      } else {
        message = this.coordinator.report(queueId, status, note, more).message;
      }
    });
    return { message, changed };
  }

  /** The phase and attempt that a report names, the ones that run where several could be meant. */
  private reported({
    queueId,
    issueNumber,
    attemptToken,
  }: Pick<WorkflowReport, "queueId" | "issueNumber" | "attemptToken">): Reported {
    if (attemptToken !== undefined) {
      const attempt = this.attemptOf(attemptToken);
      if (queueId !== undefined && queueId !== attempt.queue_id) {
        throw new HopperError(
          "conflict",
          words`The attempt of this token is one of another phase.`,
        );
      }
      this.refuseOtherIssue(attempt.queue_id, issueNumber);
      return { phase: this.phase(attempt.queue_id), attempt };
    }
    if (queueId !== undefined) {
      const phase = this.phase(queueId);
      this.refuseOtherIssue(queueId, issueNumber);
      return this.newest(phase);
    }
    if (issueNumber === undefined) {
      throw new HopperError(
        "usage",
        words`Name the phase: queue_id, issue_number or attempt_token.`,
      );
    }
    const phases = this.queue.workflows.phasesOfIssue(issueNumber);
    const running = phases.filter(({ status }) => status === "running");
    if (running.length > 1) {
      const ids = running.map((phase) => phase.queueId).join(", ");
      throw new HopperError(
        "conflict",
        words`Several phases of issue ${issueNumber} run: name one of ${ids}.`,
      );
    }
    const [phase = phases[0]] = running;
    if (!phase) {
      throw new HopperError("notFound", words`No phase in this queue has issue ${issueNumber}.`);
    }
    return this.newest(phase);
  }

  /** A phase that is named twice must be one phase. An issue that the queue does not know says nothing. */
  private refuseOtherIssue(queueId: string, issueNumber: number | undefined): void {
    const { workflows } = this.queue;
    const known = workflows.namesOf(queueId).issueNumber;
    if (issueNumber === undefined || issueNumber === known) {
      return;
    }
    if (known !== undefined || workflows.phasesOfIssue(issueNumber).length > 0) {
      throw new HopperError(
        "conflict",
        words`Issue ${issueNumber} is not that of phase ${queueId}.`,
      );
    }
  }

  private newest(phase: PhaseState): Reported {
    const { attemptId } = phase;
    return {
      phase,
      attempt: attemptId === undefined ? undefined : this.queue.attempt(attemptId),
    };
  }

  private refuseUnstarted(phase: PhaseState): void {
    const isBegun =
      phase.status === "ready" && this.runners().get(phase.runner)?.kind === "external";
    if (phase.status !== "completed" && !isBegun) {
      throw new HopperError(
        "conflict",
        words`Phase ${phase.number} is ${statusWords[phase.status]}: nothing of it was started that could end.`,
      );
    }
  }

  /** Keeps the report as a row of our own; a late one says nothing of the phase as it is now. */
  private store(report: WorkflowReport, { queueId }: PhaseState, late: boolean): string {
    const { status, issueNumber, adwId, errorMessage } = report;
    return this.queue.note((change) => {
      if (!late && adwId !== undefined) {
        linkPhase(change, queueId, { adwId });
      }
      const entry = {
        queueId,
        status,
        ...(issueNumber !== undefined && { issueNumber }),
        ...(adwId !== undefined && { adwId }),
        ...(errorMessage !== undefined && { errorMessage }),
      };
      return writeWorkflow(change, entry, late);
    });
  }

  private phase(queueId: string): PhaseState {
    const phase = this.queue.state(queueId);
    if (!phase) {
      throw new HopperError("notFound", words`There is no phase ${queueId} in this queue.`);
    }
    return phase;
  }

  private attemptOf(token: string): AttemptItem {
    const attempt = this.queue.workflows.attemptOfToken(token);
    if (!attempt) {
      throw new HopperError(
        "notFound",
        words`No attempt has this token; a newer one may replace it.`,
      );
    }
    return attempt;
  }

  private openAttempt(queueId: string): AttemptItem | undefined {
    const { attempt } = this.newest(this.phase(queueId));
    return attempt;
  }

  /** What moves while `work` is done, in order. */
  private changesOf(work: () => void): readonly PhaseMove[] {
    const moves: PhaseMove[] = [];
    const listening = this.queue.onDidChange((events) => {
      for (const { queue_id, phase_number, from_status, to_status } of events) {
        if (queue_id && phase_number !== undefined && from_status && to_status) {
          moves.push({ queue_id, phase_number, from_status, to_status });
        }
      }
    });
    try {
      work();
    } finally {
      listening.dispose();
    }
    return moves.filter(({ from_status, to_status }) => from_status !== to_status);
  }
}

/** The attempt is the phase's present one, and nothing has settled it. */
function isOpen({ status, attemptId }: PhaseState, { attempt_id, state }: AttemptItem): boolean {
  return status === "running" && attempt_id === attemptId && state !== "ended";
}

/** Why a report changes nothing any more; undefined for one that counts. */
function whyLate(phase: PhaseState, attempt: AttemptItem | undefined): string | undefined {
  const { number, status } = phase;
  if (!attempt) {
    // A phase that was never tried is begun with by this report.
    return status === "ready"
      ? undefined
      : `Phase ${number} is ${status} without having been tried`;
  }
  if (!isOpen(phase, attempt)) {
    const which = `Attempt ${attempt.attempt_number} of Phase ${number}`;
    return `${which} was settled before (Phase ${number} is ${status})`;
  }
  if (attempt.reported_at !== undefined) {
    return `Phase ${number} was reported before and is being verified`;
  }
  return storedReport(attempt)?.reported === "failed"
    ? `Phase ${number} was reported as failed before, and that stays`
    : undefined;
}

function moved(moves: readonly PhaseMove[]): string {
  const said = moves.map(({ phase_number, to_status }) => `Phase ${phase_number} is ${to_status}`);
  return said.length === 0 ? "" : `: ${said.join(", ")}`;
}
