import type { CodeBlock, ParsedPlan, PlanProblem } from "../../core/protocol/plan";
import type { Context } from "../context";
import { cleanText } from "../../core/protocol/words/cleanText";
import { renderLine, span } from "../terminal/line";
import type { Look } from "../terminal/palette";

export function hasErrors({ problems }: ParsedPlan): boolean {
  return problems.some(({ severity }) => severity === "error");
}

/** Problems as compilers print them, so that editors and people find the lines. */
export function printProblems(
  { terminal }: Context,
  file: string,
  problems: readonly PlanProblem[],
  print: (line: string) => void,
): void {
  for (const { severity, code, message, startLine } of problems) {
    const place = span(`${cleanText(file)}:${startLine + 1}: `, "bold");
    const kind = span(`${severityWords[severity]}: `, severityLooks[severity]);
    const text = [place, kind, span(cleanText(message)), span(` [${code}]`, "dim")];
    print(renderLine(text, terminal.palette));
  }
}

const severityWords = { error: "error", warning: "warning", information: "note" } as const;
const severityLooks: Readonly<Record<PlanProblem["severity"], Look>> = {
  error: "red",
  warning: "yellow",
  information: "cyan",
};

/** "sh, line 14": with the line as editors count it. */
export function blockInWords({ language, startLine }: CodeBlock): string {
  return `${language} (line ${startLine + 1})`;
}

export function problemsInWords(problems: readonly PlanProblem[]): string {
  const words = (["error", "warning", "information"] as const).flatMap((severity) => {
    const count = problems.filter((problem) => problem.severity === severity).length;
    const word = severityWords[severity];
    return count === 0 ? [] : [`${count} ${word}${count === 1 ? "" : "s"}`];
  });
  return words.length === 0 ? "no problems" : words.join(", ");
}
