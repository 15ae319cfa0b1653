import {
  type LoadedPlan,
  parsePlanText,
  type PlanContext,
  type PlanPlace,
  readPlanText,
} from "./planSource";
import { PlanThread } from "./planThread";

/** Shorter texts are parsed within some milliseconds, sooner than a thread is started. */
const longText = 64 * 1024;

/**
 * Reads and parses a plan without holding up the event loop: a long one in a thread of its own.
 *
 * @param planWorker the bundle of planWorker.ts.
 * @throws HopperError `notFound` or `usage` when its file cannot be read as text. A plan with errors
 * is returned: its problems say so.
 */
export async function loadPlan(
  place: PlanPlace,
  context: PlanContext,
  planWorker: string,
): Promise<LoadedPlan> {
  const read = readPlanText(place, context.workspace);
  const { text, sourcePath } = read;
  if (text.length < longText) {
    return { ...read, plan: parsePlanText(text, context, sourcePath) };
  }
  const thread = new PlanThread(planWorker);
  try {
    const path = sourcePath === undefined ? {} : { path: sourcePath };
    return { ...read, plan: await thread.read({ text, context, ...path }) };
  } finally {
    thread.dispose();
  }
}
