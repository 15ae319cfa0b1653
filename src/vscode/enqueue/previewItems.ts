import { phaseList } from "../../core/protocol/words/phaseList";
import { asLabel } from "../foreignText";
import type { ParsedPhase, ParsedPlan, PlanProblem } from "../../core/protocol/plan";
import type { RunnerDefinition, Runners } from "../../core/protocol/runners";
import { said, t } from "../l10n";

/** One line of the preview of a plan, free of the editor's own types. */
export interface PreviewItem {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly action: PreviewAction;
}

export type PreviewAction =
  | { readonly kind: "enqueue" }
  | { readonly kind: "trust" }
  | { readonly kind: "chooseRunner" }
  | { readonly kind: "goTo"; readonly line: number }
  /** The title of the items that follow. */
  | { readonly kind: "heading" };

export interface PreviewFacts {
  readonly plan: ParsedPlan;
  readonly runners: Runners;
  /** The runner of phases that name none. */
  readonly runner: string;
  readonly unsaved: boolean;
  readonly trusted: boolean;
}

/** The preview of a plan: what can be done with it, its problems, and its phases in their order. */
export function previewItems(facts: PreviewFacts): PreviewItem[] {
  const { phases, problems } = facts.plan;
  const problemTitle = problems.length === 1 ? t("1 problem") : t("{0} problems", problems.length);
  return [
    decision(facts),
    ...(phases.length === 0 ? [] : [runnerItem(facts)]),
    ...(problems.length === 0 ? [] : [heading(problemTitle)]),
    ...problems.map(problemItem),
    ...(phases.length === 0 ? [] : [heading(count(phases.length))]),
    ...phases.map((phase) => phaseItem(phase, facts)),
  ];
}

function decision({ plan, unsaved, trusted }: PreviewFacts): PreviewItem {
  const errors = plan.problems.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first) {
    return {
      label:
        errors.length === 1
          ? t("$(error) Not enqueued: the plan has an error")
          : t("$(error) Not enqueued: the plan has {0} errors", errors.length),
      detail: t("Choose this or a problem below to go to its line."),
      action: { kind: "goTo", line: first.startLine },
    };
  }
  if (!trusted) {
    return {
      label: t("$(workspace-untrusted) Not enqueued: this workspace is not trusted"),
      detail: t("Its phases would run commands. Choose this to manage trust."),
      action: { kind: "trust" },
    };
  }
  return {
    label: t("$(run-all) Enqueue {0}", count(plan.phases.length)),
    description: asLabel(plan.title),
    ...(unsaved && { detail: t("With the changes in the editor that are not saved.") }),
    action: { kind: "enqueue" },
  };
}

function runnerItem({ plan, runner, runners }: PreviewFacts): PreviewItem {
  const unnamed = plan.phases.filter((phase) => phase.runner === undefined);
  const definition = runners.get(runner);
  return {
    label: t("$(server-process) Runner: {0}", asLabel(runner)),
    description: asLabel(definition?.description ?? ""),
    detail:
      unnamed.length === 0
        ? t("Every phase names its own runner.")
        : t("Choose this to change it. {0}", runsInWords(definition)),
    action: { kind: "chooseRunner" },
  };
}

/** What a runner will really run, so that a choice of it is an informed one. */
export function runsInWords(definition: RunnerDefinition | undefined): string {
  switch (definition?.kind) {
    case undefined:
      return "";
    case "shell":
      return t("Runs the code blocks of each phase.");
    case "command":
      return t("Runs: {0}", definition.argv.join(" "));
    case "external":
      return t("Starts nothing: an outside workflow reports.");
    case "manual":
      return t("Starts nothing: you say done or failed.");
  }
}

function problemItem({ severity, startLine, ...problem }: PlanProblem): PreviewItem {
  const message = said(problem.words ?? problem.message);
  const icons = { error: "error", warning: "warning", information: "info" } as const;
  // What is wrong, then its remedy: both on one line are cut off.
  const end = message.search(/(?<=[.!?])\s/);
  const [wrong, remedy] =
    end === -1 ? [message, ""] : [message.slice(0, end), message.slice(end).trim()];
  return {
    label: `$(${icons[severity]}) ${asLabel(wrong.replace(/\.$/, ""))}`,
    description: t("line {0}", startLine + 1),
    ...(remedy !== "" && { detail: asLabel(remedy) }),
    action: { kind: "goTo", line: startLine },
  };
}

function phaseItem(phase: ParsedPhase, { runner, runners }: PreviewFacts): PreviewItem {
  const name = phase.runner ?? runner;
  const description = [
    phase.dependsOn.length === 0 ? "" : t("after {0}", phaseList(phase.dependsOn)),
    name === runner ? "" : name,
    phase.verify.length === 0 ? "" : t("verified"),
    phase.checkpoint === undefined ? "" : t("checkpoint"),
  ];
  const detail = whatRuns(phase, runners.get(name));
  return {
    label: asLabel(`${phase.number}: ${phase.title}`),
    description: asLabel(description.filter((part) => part !== "").join(" · ")),
    ...(detail !== "" && { detail: asLabel(detail) }),
    action: { kind: "goTo", line: phase.startLine },
  };
}

/** The first lines that a shell phase runs; for the others, what they are about. */
function whatRuns(phase: ParsedPhase, definition: RunnerDefinition | undefined): string {
  const blocks = definition?.kind === "shell" ? phase.blocks : [];
  const lines =
    blocks.length > 0
      ? blocks.flatMap(({ source }) => source.split("\n"))
      : phase.instructions.split("\n");
  const shown = lines.map((line) => line.trim()).filter((line) => line !== "");
  const text = shown.slice(0, 3).join(blocks.length > 0 ? " ⏎ " : " ");
  const cut = text.length > 160 ? `${text.slice(0, 159)}…` : text;
  return shown.length > 3 && !cut.endsWith("…") ? `${cut} …` : cut;
}

function heading(label: string): PreviewItem {
  return { label, action: { kind: "heading" } };
}

function count(phases: number): string {
  return phases === 1 ? t("1 Phase") : t("{0} Phases", phases);
}
