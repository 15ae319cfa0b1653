import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type { PlanOutline } from "../../src/core/coordinator/planOutline";
import { PlanThread } from "../../src/core/coordinator/planThread";
import type { PhaseQueueItem, PlanItem } from "../../src/core/protocol/queue";
import { phaseLenses } from "../../src/vscode/editor/phaseLenses";
import { planMarks } from "../../src/vscode/editor/planMarks";
import { mayBePlan } from "../../src/vscode/editor/planText";
import { median, quantile } from "./measure";

const changes = 40;
const runners = new Map([["shell", { kind: "shell" as const }]]);

/**
 * Measures what a change of an enqueued plan costs the extension's own thread: looking at the text,
 * sending it to the thread that reads it, and putting what comes back beside the queue.
 */
export async function benchEditor(): Promise<string[]> {
  const lines: string[] = [];
  for (const kilobytes of [100, 1000]) {
    const { script, most, answer } = await measure(planText(kilobytes));
    lines.push(
      `a change in a plan of ${kilobytes} KB: ${script.toFixed(1)} ms of script, ` +
        `p95 ${most.toFixed(1)} ms; read after ${answer.toFixed(0)} ms`,
    );
  }
  return lines;
}

async function measure(text: string): Promise<{ script: number; most: number; answer: number }> {
  const thread = new PlanThread(resolve("dist/planWorker.js"));
  const documentLines = text.split("\n");
  const context = { workspace: "/nowhere", runners, defaultRunner: "shell" };
  const read = (typed: string): Promise<PlanOutline> => thread.read({ text: typed, context });
  const first = await read(text);
  const enqueued = { plan, context: first.context, phases: first.phases.map(stored) };
  const scripts: number[] = [];
  const answers: number[] = [];
  for (let change = 0; change < changes; change += 1) {
    const typed = [...documentLines];
    typed[3] = `A word more: ${change}`;
    // All the loop's own time counts, receiving what the thread answers too.
    const before = performance.eventLoopUtilization();
    const start = performance.now();
    // As an editor makes a document's text of its lines.
    const now = typed.join("\n");
    const outline = await (mayBePlan(now) ? read(now) : first);
    answers.push(performance.now() - start);
    const sha256 = createHash("sha256").update(now).digest("hex");
    const marks = planMarks({ ...outline, sha256 }, enqueued);
    for (const mark of marks.marks) {
      phaseLenses(mark, mark.phase && factsOf(mark.phase));
    }
    await new Promise(setImmediate);
    scripts.push(performance.eventLoopUtilization(before).active);
  }
  thread.dispose();
  return { script: median(scripts), most: quantile(scripts, 0.95), answer: median(answers) };
}

/** About a kilobyte to each phase. */
function planText(kilobytes: number): string {
  const phases = Array.from(
    { length: kilobytes },
    (_, index) =>
      `## Phase ${index + 1}: Step ${index + 1}\n\nRetries: 1\n\n` +
      `${"- [ ] Create the `module` that keeps the books in src/library/shelf.ts\n".repeat(8)}\n` +
      `${"Some **prose** about what is to be done, with more words. ".repeat(4)}\n\n` +
      `\`\`\`sh\n${"npm run build -- --verbose\n".repeat(4)}\`\`\`\n`,
  );
  return `# A long plan\n\nText.\n\n${phases.join("\n")}`;
}

const plan: PlanItem = {
  plan_id: "plan",
  plan_number: 1,
  title: "A long plan",
  source_sha256: "0",
  parent_issue: 0,
  runner: "shell",
  created_at: "2026-03-01T10:00:00.000Z",
};

function stored({ number, label, title, content }: PlanOutline["phases"][number]): PhaseQueueItem {
  return {
    queue_id: `phase ${number}`,
    plan_id: "plan",
    parent_issue: 0,
    plan_number: 1,
    phase_number: number,
    label,
    status: "queued",
    depends_on_phases: [],
    phase_data: { title, content },
    runner: "shell",
    priority: 50,
    attempts: 0,
    created_at: plan.created_at,
    updated_at: plan.created_at,
  };
}

function factsOf(phase: PhaseQueueItem) {
  return {
    phase,
    runnerKind: "shell" as const,
    hasLog: false,
    hasSource: true,
    canChange: true,
    now: plan.created_at,
  };
}
