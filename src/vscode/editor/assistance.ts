import type { Configuration } from "../configuration";
import type { QueueTree } from "../tree/queueTree";
import { PlanCodeActions } from "./codeActions";
import { PlanCompletions } from "./completionProvider";
import { PlanHovers } from "./hovers";
import type { PlanDocuments } from "./planDocuments";

/** What the editor asks for while somebody reads or writes Markdown. Loaded when it first does. */
export function createAssistance(
  documents: PlanDocuments,
  tree: QueueTree,
  configuration: Configuration,
) {
  return {
    hovers: new PlanHovers(documents, tree),
    codeActions: new PlanCodeActions(documents, configuration),
    completions: new PlanCompletions(documents, configuration),
  };
}
