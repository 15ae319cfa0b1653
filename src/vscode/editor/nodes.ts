import type { PhaseNode } from "../tree/nodes";
import type { PlanDocument } from "./openPlans";
import type { PhaseMark } from "./planMarks";

/** What commands get for a heading's phase; undefined where it is not in the queue. */
export function phaseNodeOf(
  { queue, marks }: PlanDocument,
  { phase }: PhaseMark,
): PhaseNode | undefined {
  const { plan } = marks;
  return queue && plan && phase ? { kind: "phase", queue, plan, phase } : undefined;
}
