import type { CardStep } from "../../core/protocol/card/cardState";
import type { AttemptItem, PhaseData } from "../../core/protocol/queue";
import type { RunnerDefinition } from "../../core/protocol/runners";
import { cleanLines, cleanText } from "../../core/protocol/words/cleanText";
import { shellWords } from "../../core/protocol/words/names";
import { recordedSteps } from "../../core/runner/attemptSteps";

/**
 * What an attempt ran, as its folder records it; where the folder is gone, what the queue knows of it.
 *
 * @throws what keeps the folder from being read.
 */
export function stepsRun(attempt: AttemptItem, folder: string): CardStep[] {
  const steps = recordedSteps(folder).map(({ kind, argv, source }) => stepOf(kind, argv, source));
  const { command } = attempt;
  return steps.length > 0 || command.length === 0 ? steps : [stepOf("command", command)];
}

/** What the next attempt of a phase will run, as far as that is known before it. */
export function stepsAhead(data: PhaseData, runner: RunnerDefinition | undefined): CardStep[] {
  return [
    ...(runner?.kind === "command" ? [stepOf("command", runner.argv)] : []),
    ...(runner?.kind === "shell" ? data.blocks : []).map(({ language, source }) =>
      stepOf("block", [language], source),
    ),
    ...data.verify.map(({ language, source }) => stepOf("verify", [language], source)),
  ];
}

function stepOf(kind: CardStep["kind"], argv: readonly string[], source?: string): CardStep {
  return {
    kind,
    command: cleanText(shellWords(argv)),
    ...(source !== undefined && { source: cleanLines(source.trimEnd()) }),
  };
}
