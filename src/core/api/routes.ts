import * as attempts from "./attemptRoutes";
import * as events from "./eventRoute";
import * as mirrors from "./mirrorRoutes";
import * as plans from "./planRoutes";
import * as phases from "./queueRoutes";
import { openApiRoute } from "./openApi";
import type { Route } from "./route";
import * as workflows from "./workflowRoutes";

const documented: readonly Route[] = [
  phases.listPhases,
  phases.getConfig,
  phases.setPaused,
  phases.listIssuePhases,
  phases.removePhase,
  phases.startPhase,
  phases.retryPhase,
  phases.cancelPhase,
  phases.skipPhase,
  phases.dropDependencies,
  phases.completePhase,
  phases.failPhase,
  phases.movePhase,
  phases.listAttempts,
  attempts.readAttemptLog,
  plans.enqueuePlan,
  plans.listPlans,
  plans.getPlan,
  plans.removePlan,
  plans.updatePlan,
  plans.movePlan,
  mirrors.startMirror,
  mirrors.stopMirror,
  mirrors.syncMirrors,
  phases.getSnapshot,
  events.followEvents,
  workflows.reportWorkflow,
  workflows.completeIssue,
  workflows.addWorkflow,
  workflows.heartbeat,
  workflows.issueToken,
];

/** The API, one row for each thing that can be asked of a queue's owner. */
export const routes: readonly Route[] = [...documented, openApiRoute(documented)];
