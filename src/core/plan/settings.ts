import { type Words, words } from "../base/words";
import type { PlanProblem } from "../protocol/plan";
import type { Runners } from "../protocol/runners";
import { type WrittenDependency, parseDependencies } from "./dependencyNames";
import { parseDuration } from "./duration";
import { excerpt, problem } from "./problem";
import type { Property, PropertyName } from "./properties";

/** What the properties of a phase say, each only where it is given and right. */
export interface PhaseSettings {
  dependsOn?: readonly WrittenDependency[];
  runner?: string;
  timeout?: number;
  retries?: number;
  checkpoint?: string;
}

const maxRetries = 100;

/** How each property is called, and how it is written right. */
const usage: Record<PropertyName, { name: string; remedy: Words }> = {
  dependsOn: {
    name: "Depends on",
    remedy: words`Write "none", or phases: "Depends on: Phase 1, 3 and \\"A title, with comma\\"".`,
  },
  runner: { name: "Runner", remedy: words`Name a runner: "Runner: shell".` },
  timeout: {
    name: "Timeout",
    remedy: words`Write a time with its unit, such as "45m", "90s" or "1h30m", at most 24d, or "none".`,
  },
  retries: { name: "Retries", remedy: words`Write a whole number from 0 to ${maxRetries}.` },
  checkpoint: {
    name: "Checkpoint",
    remedy: words`Say what to look at before the plan goes on: "Checkpoint: try the preview".`,
  },
};

/** Reads a property's value into the settings; false if it is not written right. */
const readers: Record<PropertyName, (settings: PhaseSettings, value: string) => boolean> = {
  dependsOn: (settings, value) => assign(settings, "dependsOn", parseDependencies(value)),
  runner: (settings, value) => assign(settings, "runner", value || undefined),
  timeout: (settings, value) => assign(settings, "timeout", parseDuration(value)),
  retries: (settings, value) => assign(settings, "retries", parseRetries(value)),
  checkpoint: (settings, value) => assign(settings, "checkpoint", value || undefined),
};

/** Reads the properties of one phase; a property given twice, or not right, is a problem. */
export function readSettings(
  properties: readonly Property[],
  runners: Runners,
): { settings: PhaseSettings; problems: PlanProblem[] } {
  const settings: PhaseSettings = {};
  const problems: PlanProblem[] = [];
  const given = new Map<PropertyName, number>();
  for (const { name, value, line } of properties) {
    const earlier = given.get(name);
    if (earlier !== undefined) {
      const message = words`"${usage[name].name}" is given already, on line ${earlier + 1}. Keep one of the two lines.`;
      problems.push(problem("bad-property", message, line));
    } else if (!readers[name](settings, value)) {
      const message = words`${complaint(name, value)} ${usage[name].remedy}`;
      problems.push(problem("bad-property", message, line));
    } else if (name === "runner") {
      problems.push(...resolveRunner(settings, value, runners, line));
    }
    given.set(name, earlier ?? line);
  }
  return { settings, problems };
}

function assign<K extends keyof PhaseSettings>(
  settings: PhaseSettings,
  key: K,
  value: PhaseSettings[K] | undefined,
): boolean {
  if (value === undefined) {
    return false;
  }
  settings[key] = value;
  return true;
}

function complaint(name: PropertyName, value: string): Words {
  return value === ""
    ? words`"${usage[name].name}" has no value.`
    : words`"${excerpt(value)}" is no value for "${usage[name].name}".`;
}

/** Runners are named as configured; in the plan their case does not matter. */
function resolveRunner(
  settings: PhaseSettings,
  name: string,
  runners: Runners,
  line: number,
): PlanProblem[] {
  const known = runners.has(name)
    ? name
    : [...runners.keys()].find((key) => key.toLowerCase() === name.toLowerCase());
  if (known !== undefined) {
    settings.runner = known;
    return [];
  }
  // Kept all the same: whoever carries the plan out may know more runners.
  settings.runner = name;
  const message = words`There is no runner "${excerpt(name)}". Name one of: ${[...runners.keys()].join(", ")}; or configure it.`;
  return [problem("unknown-runner", message, line)];
}

function parseRetries(value: string): number | undefined {
  return /^\d{1,3}$/.test(value) && Number(value) <= maxRetries ? Number(value) : undefined;
}
