import type { ParsedPhase, PlanProblem } from "../protocol/plan";
import type { Runners } from "../protocol/runners";
import { resolveDependencies } from "./dependencies";
import type { Outline } from "./markdown";
import { type PhaseBody, readPhaseBody } from "./phaseBody";
import { numberPhases, phaseName } from "./phaseNumbers";
import type { PhaseSection } from "./sections";

/** A phase with what its checks need besides. */
export interface ReadPhase {
  readonly phase: ParsedPhase;
  readonly body: PhaseBody;
}

/** Reads the phases of a plan, in the document's order. */
export function readPhases(
  lines: readonly string[],
  outline: Outline,
  sections: readonly PhaseSection[],
  runners: Runners,
): { phases: ReadPhase[]; problems: PlanProblem[] } {
  const numbers = numberPhases(sections.map(({ name }) => name));
  const drafts = sections.map((section, index) => {
    const { heading, name, endLine } = section;
    const { label } = name;
    const number = numbers[index] ?? index + 1;
    const title = name.title === "" ? untitled(label, number, name.tag) : name.title;
    const body = readPhaseBody(lines, outline, section, runners);
    return { label, number, title, body, startLine: heading.startLine, endLine };
  });
  const { dependsOn, problems } = resolveDependencies(
    drafts.map(({ body, ...draft }) => ({
      ...draft,
      written: body.settings.dependsOn,
      dependsOnLine: body.dependsOnLine ?? draft.startLine,
    })),
  );
  const phases = drafts.map(({ body, ...draft }, index) => {
    const { content, instructions, blocks, verify } = body;
    const externalDocs = body.documents.map(({ path }) => path);
    const phase = {
      ...draft,
      ...body.settings,
      ...{ content, instructions, externalDocs, blocks, verify },
      dependsOn: dependsOn[index] ?? [],
    };
    return { phase, body };
  });
  return { phases, problems: [...phases.flatMap(({ body }) => body.problems), ...problems] };
}

function untitled(label: string, number: number, tag: string): string {
  const name = phaseName({ label, number });
  return tag === "" ? name : `${name} ${tag}`;
}
