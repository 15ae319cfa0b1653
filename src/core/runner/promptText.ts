import type { AttemptRequest } from "../protocol/attempts";

/** What a runner of kind `command` is told: the phase, and around it only what it needs to know. */
export function promptText(request: AttemptRequest): string {
  const sections = [
    `# ${request.title}`,
    `This is phase ${request.phaseNumber} of the plan "${request.planTitle}". ` +
      "Do what this phase asks, and nothing of the other phases. " +
      "Nobody is there to answer questions: decide, and say at the end what you did.",
    ...section("Instructions", request.instructions),
    ...section(
      "Documents",
      request.externalDocs.map((path) => `- ${path}`).join("\n"),
      "The phase refers to these files of the workspace:",
    ),
    ...section("Context of the plan", request.planContext),
  ];
  return `${sections.join("\n\n")}\n`;
}

function section(heading: string, text: string, introduction?: string): string[] {
  const body = text.trim();
  if (body === "") {
    return [];
  }
  return [`## ${heading}`, ...(introduction === undefined ? [] : [introduction]), body];
}
