import type { Printer } from "../printer";
import type { RunReporter } from "./reporter";

/** One line of JSON per event, between the run's begin and its end. */
export function jsonReporter(printer: Printer): RunReporter {
  return {
    begin(model) {
      const plans = model.plans.map(({ plan }) => plan);
      printer.json({ type: "run_started", plans, phases: model.phases });
    },
    changed(events) {
      for (const event of events) {
        printer.json(event);
      }
    },
    waits(waiting) {
      if (waiting.kind !== "running") {
        printer.json({ type: "run_waiting", waiting });
      }
    },
    leaves: (leaving) => printer.json({ type: "run_leaving", leaving }),
    end({ exitCode, waiting }) {
      printer.json({ type: "run_finished", exit_code: exitCode, waiting });
    },
  };
}
