import { CommanderError } from "commander";
import { errorMessage, HopperError, onOneLine } from "../core/base/errors";
import type { PlanProblem } from "../core/protocol/plan";
import type { Invocation } from "./context";
import { type ExitCode, exitCodeOfKind, exitCodes } from "./exitCodes";
import { cleanText } from "../core/protocol/words/cleanText";

export interface ReportOptions extends Pick<Invocation, "printer" | "terminal"> {
  readonly json: boolean;
  readonly debug: boolean;
}

/** Says what went wrong, in one line or as JSON; answers what the process shall end with. */
export function reportError(error: unknown, options: ReportOptions): ExitCode {
  const { printer, terminal, json, debug } = options;
  const { kind, message, exitCode, problems } = describe(error, json);
  if (json) {
    printer.json({ error: { kind, message, ...(problems && { problems }) } });
  } else if (message !== "") {
    printer.note(`${terminal.notePalette("red", "error:")} ${message}`);
  }
  if (debug && error instanceof Error) {
    printer.note(stackOf(error));
  }
  return exitCode;
}

interface Description {
  readonly kind: string;
  readonly message: string;
  readonly exitCode: ExitCode;
  readonly problems?: readonly PlanProblem[];
}

function describe(error: unknown, json: boolean): Description {
  if (error instanceof CommanderError) {
    return { kind: "usage", message: usageMessage(error, json), exitCode: exitCodes.usage };
  }
  if (error instanceof HopperError) {
    return {
      kind: error.kind,
      message: cleanText(errorMessage(error)),
      exitCode: exitCodeOfKind[error.kind],
      ...(hasProblems(error) && { problems: error.problems }),
    };
  }
  const message = `this is a bug of Phase Hopper: ${cleanText(errorMessage(error))} (--debug shows where)`;
  return { kind: "internal", message, exitCode: exitCodes.failed };
}

/** Asked by shape: the class comes with schemas that not every command shall wait for. */
function hasProblems(error: object): error is { readonly problems: readonly PlanProblem[] } {
  return "problems" in error && Array.isArray(error.problems);
}

/** Commander's text on one line; without a command it has printed the help already. */
function usageMessage({ code, message }: CommanderError, json: boolean): string {
  if (code === "commander.help") {
    return json ? "No command was given. See `phase-hopper --help`." : "";
  }
  const text = onOneLine(message.replace(/^error: /, ""));
  const sentence = text.endsWith(".") || text.endsWith(")") ? text : `${text}.`;
  return `${sentence} See \`phase-hopper --help\`.`;
}

function stackOf(error: Error): string {
  const { stack = error.message, cause } = error;
  return cause instanceof Error ? `${stack}\ncaused by: ${stackOf(cause)}` : stack;
}
