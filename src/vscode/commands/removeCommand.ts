import * as vscode from "vscode";
import { HopperError } from "../../core/base/errors";
import { phaseList } from "../../core/protocol/words/phaseList";
import { commands } from "../contributions";
import { t } from "../l10n";
import type { PhaseNode, PlanNode } from "../tree/nodes";
import { nameOf, phasesInWords } from "../words";
import { inTurn } from "./outcome";
import { type CommandHandler, say } from "./register";
import type { Targets } from "./targets";

/** What leaves the queue together. */
interface Removal {
  readonly plans: readonly PlanNode[];
  /** Of other plans than those. */
  readonly phases: readonly PhaseNode[];
}

/** Takes plans and phases out of the queue, after one question for all of them. */
export function removeCommand(targets: Targets) {
  return {
    [commands.remove]: async (...args) => {
      const rows = targets.rows(args);
      const plans = rows.filter((row) => row.kind === "plan");
      const whole = new Set(plans.map(({ plan }) => plan.plan_id));
      const phases =
        rows.length === 0
          ? await targets.phases(args, "remove", t("Remove Which Phase?"))
          : rows
              .filter((row) => row.kind === "phase")
              .filter(({ plan }) => !whole.has(plan.plan_id));
      if (plans.length + phases.length === 0) {
        throw new HopperError("conflict", t("Only plans and phases can be removed."));
      }
      await remove({ plans, phases });
    },
  } satisfies Partial<Record<string, CommandHandler>>;
}

async function remove(removal: Removal): Promise<void> {
  const dependents = dependentsOf(removal.phases);
  const drop = t("Remove and Drop the Dependency");
  const actions =
    dependents.length > 0 ? [drop, t("Remove and Block What Depends on It")] : [t("Remove")];
  const choice = await vscode.window.showWarningMessage(
    t("Remove {0}?", inWords(removal)),
    { modal: true, detail: detailOf(removal, dependents) },
    ...actions,
  );
  if (choice === undefined) {
    throw new vscode.CancellationError();
  }
  say(
    await inTurn([...removal.phases, ...removal.plans], async (row) => {
      const hopper = await row.queue.commands();
      return row.kind === "phase"
        ? hopper.removePhase(row.phase.queue_id, choice === drop)
        : hopper.removePlan(row.plan.plan_id);
    }),
  );
}

/** Numbers of the phases that would wait for ever for one that goes. */
function dependentsOf(removed: readonly PhaseNode[]): number[] {
  const going = new Set(removed.map(({ phase }) => phase.queue_id));
  const numbers = removed
    .filter(({ phase }) => phase.status !== "completed")
    .flatMap(({ queue, phase }) =>
      (queue.reader?.phases({ planId: phase.plan_id, content: false }) ?? [])
        .filter(({ queue_id }) => !going.has(queue_id))
        .filter(({ depends_on_phases }) => depends_on_phases.includes(phase.phase_number))
        .map(({ phase_number }) => phase_number),
    );
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function inWords({ plans, phases }: Removal): string {
  const [plan] = plans;
  const [phase] = phases;
  const whole =
    plan &&
    (plans.length === 1 ? t('the plan "{0}"', plan.plan.title) : t("{0} plans", plans.length));
  const single =
    phase && (phases.length === 1 ? nameOf(phase.phase) : phasesInWords(phases.length));
  return whole && single ? t("{0} and {1}", whole, single) : (whole ?? single ?? "");
}

function detailOf({ plans, phases }: Removal, dependents: readonly number[]): string {
  if (dependents.length > 0) {
    return dependents.length === 1
      ? t(
          "{0} depends on it, and is blocked by its removal unless the dependency is dropped too.",
          phaseList(dependents),
        )
      : t(
          "{0} depend on it, and are blocked by its removal unless the dependency is dropped too.",
          phaseList(dependents),
        );
  }
  const count = plans.reduce((sum, { queue, plan }) => {
    const counts = queue.reader?.counts(plan.plan_id).values() ?? [];
    return sum + [...counts].reduce((a, b) => a + b, 0);
  }, phases.length);
  return count === 1
    ? t("It leaves the queue. The file stays as it is.")
    : t("{0} phases leave the queue. The files stay as they are.", count);
}
