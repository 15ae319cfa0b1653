import type { OptionName } from "./options";

/** How a command looks on the command line and in the help. */
export interface Definition {
  /** Two words are a command of a command: "github sync". */
  readonly name: string;
  readonly group: "Plans:" | "Phases:" | "Queue:" | "GitHub:";
  readonly summary: string;
  /** `<plan>` must be given, `[plan]` may. */
  readonly argument?: readonly [syntax: string, description: string];
  readonly secondArgument?: readonly [syntax: string, description: string];
  readonly options: readonly OptionName[];
  /** It goes on for as long as phases run, or somebody looks on. */
  readonly lasts?: true;
  /** What the help says beyond the list of options. */
  readonly more?: string;
}

/** Commands that open the queue as its owner. */
const owning = ["config", "adopt", "takeOver"] as const;
const enqueuing = [
  "runner",
  "title",
  "priority",
  "parentIssue",
  "yes",
  "replace",
  "again",
] as const;
const planFile = ["<plan>", "a Markdown file"] as const;
const phase = ["<id>", "a phase, as `list` shows it (1.3), or its queue_id"] as const;
const planId = [
  "[plan-id]",
  "a plan: its number or its plan_id; without it the whole queue",
] as const;

const mirroredPlan = ["<plan-id>", "a plan: its number or its plan_id"] as const;
const mirroring = ["repo", "issues", "comments", "keepOpen", "labels"] as const;

function phaseCommand(
  name: string,
  summary: string,
  extra: readonly OptionName[] = [],
): Definition {
  return { name, group: "Phases:", summary, argument: phase, options: [...extra, ...owning] };
}

export const definitions = {
  run: {
    name: "run",
    group: "Plans:",
    summary: "enqueue a plan and run it to its end",
    argument: ["[plan]", "a Markdown file; without it everything that is enqueued goes on"],
    options: [...enqueuing, "keep", "maxConcurrent", "workflowHistory", "output", ...owning],
    lasts: true,
    more:
      "A plan that is enqueued and unfinished goes on where it was. Ctrl-C leaves\n" +
      "running phases to finish on their own, and the same command comes back to\n" +
      "them; Ctrl-C twice cancels them.",
  },
  check: {
    name: "check",
    group: "Plans:",
    summary: "show a plan's phases, and what is wrong with it",
    argument: planFile,
    options: ["runner", "config"],
  },
  enqueue: {
    name: "enqueue",
    group: "Plans:",
    summary: "enqueue a plan without running it",
    argument: planFile,
    options: [...enqueuing, ...owning],
  },
  list: {
    name: "list",
    group: "Queue:",
    summary: "list plans with their phases",
    argument: ["[plan-id]", "only this plan: its number or its plan_id"],
    options: ["config"],
  },
  show: {
    name: "show",
    group: "Phases:",
    summary: "show everything about a phase",
    argument: phase,
    options: [],
  },
  log: {
    name: "log",
    group: "Phases:",
    summary: "print what an attempt of a phase has printed",
    argument: phase,
    options: ["follow", "attempt"],
  },
  start: phaseCommand("start", "start a ready phase now, also while the queue is paused"),
  retry: phaseCommand("retry", "make a failed phase ready again"),
  cancel: phaseCommand("cancel", "stop a running phase and everything it started"),
  skip: phaseCommand("skip", "count an unfinished phase as completed"),
  dropDependencies: phaseCommand(
    "drop-dependencies",
    "let a phase go on without the removed phases it depends on",
  ),
  done: phaseCommand("done", "say that a manual or external phase is done", ["note"]),
  fail: phaseCommand("fail", "say that a manual or external phase failed", ["note"]),
  token: phaseCommand("token", "make the token with which an outside program reports on a phase"),
  remove: {
    name: "remove",
    group: "Queue:",
    summary: "remove a plan, or one phase of it",
    argument: ["<id>", "a plan (1, or its plan_id) or a phase (1.3, or its queue_id)"],
    options: ["dropDependencies", ...owning],
  },
  update: {
    name: "update",
    group: "Queue:",
    summary: "give a plan's waiting and failed phases the text its file has now",
    argument: ["<plan-id>", "a plan: its number or its plan_id"],
    options: ["add", "remove", ...owning],
  },
  pause: {
    name: "pause",
    group: "Queue:",
    summary: "start nothing more; what runs goes on",
    argument: planId,
    options: owning,
  },
  resume: {
    name: "resume",
    group: "Queue:",
    summary: "start phases again, after a pause or a checkpoint",
    argument: planId,
    options: owning,
  },
  serve: {
    name: "serve",
    group: "Queue:",
    summary: "own the queue, run it, and let programs in over TCP on 127.0.0.1",
    options: ["port", "maxConcurrent", "workflowHistory", ...owning],
    lasts: true,
    more:
      "Prints the address, and the file in which the token lies that every request needs: docs/api.md.\n" +
      "It goes on until Ctrl-C, whatever becomes of the plans.",
  },
  githubPreview: {
    name: "github preview",
    group: "GitHub:",
    summary: "show what would be written, and write nothing",
    argument: mirroredPlan,
    options: [...mirroring, "parentIssue"],
  },
  githubCreate: {
    name: "github create",
    group: "GitHub:",
    summary: "create issues for a plan, and keep them up to date",
    argument: mirroredPlan,
    options: [...mirroring, ...owning],
    more: "The sign-in is GITHUB_TOKEN; GITHUB_API_URL names a server other than github.com.",
  },
  githubLink: {
    name: "github link",
    group: "GitHub:",
    summary: "make an issue that is there the parent of a plan's issues",
    argument: mirroredPlan,
    secondArgument: ["<issue>", "the number of the issue"],
    options: [...mirroring, ...owning],
  },
  githubStatus: {
    name: "github status",
    group: "GitHub:",
    summary: "show what is written, what waits, and what GitHub refuses",
    argument: ["[plan]", "a plan: 1, its title, file or ID (default: all)"],
    options: [],
  },
  githubSync: {
    name: "github sync",
    group: "GitHub:",
    summary: "write now what is to be written, and try again what was refused",
    options: owning,
  },
  githubStop: {
    name: "github stop",
    group: "GitHub:",
    summary: "write nothing more of a plan; its issues stay as they are",
    argument: mirroredPlan,
    options: owning,
  },
  repair: {
    name: "repair",
    group: "Queue:",
    summary: "go on with what can be read of damaged files; they are kept",
    options: owning,
  },
} as const satisfies Readonly<Record<string, Definition>>;
