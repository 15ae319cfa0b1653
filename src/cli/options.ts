import { type Command, InvalidArgumentError, Option } from "commander";
import {
  commentStyles,
  creationTimes,
  priorities,
  type PriorityName,
} from "../core/protocol/terms";

/** Every option of the program, defined once. */
export const options = {
  dir: new Option(
    "--dir <folder>",
    "the workspace folder (default: the nearest one upward with a .hopper folder, else this one)",
  ),
  json: new Option("--json", "print JSON on stdout, in the shapes of docs/cli.md"),
  debug: new Option("--debug", "show details, and the stack of an error"),
  config: new Option("--config <file>", "runners, and settings, in a JSON file"),
  runner: new Option("--runner <name>", "the runner of phases that name none"),
  maxConcurrent: new Option("--max-concurrent <n>", "phases that may run at once")
    .argParser(positiveInteger)
    .default(undefined, "1"),
  parentIssue: new Option("--parent-issue <n>", "the plan's GitHub issue").argParser(
    positiveInteger,
  ),
  repo: new Option(
    "--repo <owner/name>",
    "the GitHub repository (default: the one of the Git remote)",
  ),
  issues: new Option("--issues <when>", "when the issue of a phase is created")
    .choices(creationTimes)
    .default(undefined, "ready"),
  comments: new Option("--comments <style>", "one comment that is edited, or a new one each time")
    .choices(commentStyles)
    .default(undefined, "living"),
  keepOpen: new Option("--keep-open", "leave a phase's issue open when the phase completes"),
  labels: new Option("--labels <names>", "labels of the issues, with commas between them"),
  title: new Option("--title <text>", "replaces the plan's own title"),
  priority: new Option("--priority <name>", "which plans go first").choices(
    Object.keys(priorities),
  ),
  yes: new Option("--yes", "answer yes to “run these blocks?”"),
  keep: new Option(
    "--keep",
    "go on with the stored text of a plan whose file has changed",
  ).conflicts(["replace", "again"]),
  replace: new Option(
    "--replace",
    "remove the unfinished plan and enqueue the file anew",
  ).conflicts("again"),
  again: new Option("--again", "enqueue a second copy of an unfinished plan"),
  adopt: new Option("--adopt", "make a queue yours that was not made by you on this machine"),
  workflowHistory: new Option(
    "--workflow-history <file>",
    "an SQLite file in which outside programs note their workflows",
  ),
  takeOver: new Option(
    "--take-over",
    "take the queue from an owner that is stopped, or that is gone on another machine",
  ),
  dropDependencies: new Option(
    "--drop-dependencies",
    "let the phases that depend on a removed one go on without it",
  ),
  add: new Option("--add", "put the phases that are new in the file into the queue, too"),
  remove: new Option(
    "--remove",
    "take the phases that are gone from the file out of the queue, too",
  ),
  note: new Option("--note <text>", "what there is to say about it"),
  follow: new Option("-f, --follow", "go on printing until the attempt ends"),
  attempt: new Option("--attempt <n>", "which attempt (default: the last)").argParser(
    positiveInteger,
  ),
  port: new Option("--port <n>", "the port to answer at (default: any that is free)").argParser(
    portNumber,
  ),
  output: new Option("--output", "print the output of the phases, too, when stdout is no terminal"),
} as const;
export type OptionName = keyof typeof options;

/** What was given on the command line for {@link options}, before or after the command. */
export class GivenOptions {
  private readonly values: Readonly<Record<string, unknown>>;

  constructor(command: Command) {
    this.values = command.optsWithGlobals();
  }

  flag(name: OptionName): boolean {
    return this.values[name] === true;
  }

  text(name: OptionName): string | undefined {
    const value = this.values[name];
    return typeof value === "string" ? value : undefined;
  }

  number(name: OptionName): number | undefined {
    const value = this.values[name];
    return typeof value === "number" ? value : undefined;
  }

  get priority(): number | undefined {
    const name = this.text("priority");
    return name !== undefined && isPriority(name) ? priorities[name] : undefined;
  }
}

function isPriority(name: string): name is PriorityName {
  return Object.hasOwn(priorities, name);
}

function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new InvalidArgumentError("It must be a port: a whole number up to 65535.");
  }
  return Number(text);
}

function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number from 1.");
  }
  return Number(text);
}
