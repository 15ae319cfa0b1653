import { readFileSync } from "node:fs";
import * as z from "zod";
import { errorWords, HopperError } from "../base/errors";
import { parseJson, validate } from "../base/validate";
import { type Text, type Words, words } from "../base/words";
import { type RunnerDefinition, runnerDefinitionSchema, type Runners } from "../protocol/runners";
import { builtInRunners } from "./presets";

/** What a configuration file says, on top of what is built in. */
export interface RunnerConfig {
  /** Built-in runners and those of the file; a name of the file hides a built-in one. */
  readonly runners: Runners;
  readonly maxConcurrentPhases?: number;
  readonly workflowHistory?: WorkflowHistoryConfig;
}

/** Where outside programs note their workflows. */
export interface WorkflowHistoryConfig {
  /** An SQLite file; relative to the configuration file. */
  readonly path?: string | undefined;
  /** How often to look at it where watching tells nothing. */
  readonly pollSeconds?: number | undefined;
}

const fileSchema = z.strictObject({
  runners: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  maxConcurrentPhases: z.int().min(1).optional(),
  workflowHistory: z
    .strictObject({ path: z.string().min(1).optional(), pollSeconds: z.int().min(1).optional() })
    .optional(),
});

/** Reads a file named on the command line; never one that the workspace brings along by itself. */
export function loadRunnerConfig(path: string): RunnerConfig {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new HopperError(
      "usage",
      words`The configuration file ${path} cannot be read: ${errorWords(error)}`,
      { cause: error },
    );
  }
  return parseRunnerConfig(text, path);
}

/**
 * Parses the text of a configuration file.
 *
 * @param path names the file in errors.
 */
export function parseRunnerConfig(text: string, path: string): RunnerConfig {
  const what = words`The configuration file ${path}`;
  const file = parseJson(fileSchema, stripBom(text), what);
  const { runners, maxConcurrentPhases, workflowHistory } = file;
  return {
    runners: defineRunners(runners ?? {}, what),
    ...(workflowHistory && { workflowHistory }),
    ...(maxConcurrentPhases === undefined ? {} : { maxConcurrentPhases }),
  };
}

/**
 * The built-in runners and those of `entries`, each a whole definition or a few fields on top of the
 * one it `extends`.
 *
 * @param what names the source in errors: "The setting phaseHopper.runners".
 */
export function defineRunners(
  entries: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  what: Text,
): Runners {
  const runners = new Map(builtInRunners);
  const unresolved = new Map(Object.entries(entries));

  const define = (name: string, path: readonly string[]): RunnerDefinition => {
    const entry = unresolved.get(name);
    if (entry === undefined || path.includes(name)) {
      // A runner that extends its own name means the built-in one.
      const found = path.at(-1) === name ? builtInRunners.get(name) : runners.get(name);
      if (found === undefined || (path.includes(name) && path.at(-1) !== name)) {
        throw problem(what, path.at(-1) ?? name, words`extends "${name}", which is no runner`);
      }
      return found;
    }
    const { extends: base, ...own } = entry;
    if (base !== undefined && typeof base !== "string") {
      throw problem(what, name, words`extends must be the name of a runner`);
    }
    const merged = base === undefined ? own : { ...define(base, [...path, name]), ...own };
    const definition = validate(runnerDefinitionSchema, merged, words`${what}: runners.${name}`);
    checkPlaceholders(definition, what, name);
    return definition;
  };

  for (const name of unresolved.keys()) {
    if (!/^[A-Za-z0-9._-]+$/.test(name)) {
      throw problem(
        what,
        name,
        words`a runner's name has letters, digits, dots, dashes and underscores`,
      );
    }
  }
  const defined = [...unresolved.keys()].map((name) => [name, define(name, [])] as const);
  for (const [name, definition] of defined) {
    runners.set(name, definition);
  }
  return runners;
}

const placeholders = ["{promptFile}", "{workspace}", "{attemptId}"];

/** A placeholder is a whole argument: pasted into other text it would need quoting that nobody knows. */
function checkPlaceholders(definition: RunnerDefinition, what: Text, name: string): void {
  if (definition.kind !== "command") {
    return;
  }
  const [program = "", ...rest] = definition.argv;
  if (program === "" || placeholders.includes(program)) {
    throw problem(what, `${name}.argv.0`, words`the first entry of argv is the program to run`);
  }
  for (const [index, argument] of rest.entries()) {
    const place = `${name}.argv.${index + 1}`;
    if (/^\{[A-Za-z]+\}$/.test(argument) && !placeholders.includes(argument)) {
      throw problem(
        what,
        place,
        words`${argument} is no placeholder; there are ${placeholders.join(", ")}`,
      );
    }
    const pasted = placeholders.find(
      (placeholder) => argument !== placeholder && argument.includes(placeholder),
    );
    if (pasted !== undefined) {
      throw problem(what, place, words`${pasted} must be an argument of its own`);
    }
  }
  if (definition.prompt === "file" && !rest.includes("{promptFile}")) {
    throw problem(what, `${name}.argv`, words`prompt "file" needs the argument {promptFile}`);
  }
}

function problem(what: Text, place: string, complaint: Words): HopperError {
  return new HopperError("usage", words`${what} is not valid: runners.${place}: ${complaint}`);
}

function stripBom(text: string): string {
  return text.startsWith("\u{feff}") ? text.slice(1) : text;
}
