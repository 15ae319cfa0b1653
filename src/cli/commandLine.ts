import { Command, CommanderError } from "commander";
import { compileOnce } from "./compiling";
import { type Context, createContext, type Invocation } from "./context";
import type { Definition } from "./definitions";
import { type ExitCode, exitCodes } from "./exitCodes";
import { GivenOptions, options } from "./options";
import { reportError } from "./reportError";

/** Carries a command out; its arguments are those of the command line, in order. */
export type Handler = (
  context: Context,
  args: readonly (string | undefined)[],
) => Promise<ExitCode>;

/** The program as commander knows it: reads the command line, runs the command, ends the process. */
export class CommandLine {
  private readonly program: Command;
  private exitCode: ExitCode = exitCodes.completed;

  constructor(private readonly invocation: Invocation) {
    this.program = createProgram(invocation);
  }

  add(definition: Definition, handler: Handler): void {
    const words = definition.name.split(" ");
    const command = this.parentOf(words)
      .command(words.at(-1) ?? "")
      .summary(definition.summary)
      .description(sentence(definition.summary))
      .helpGroup(words.length > 1 ? "Commands:" : definition.group)
      .usage([...syntaxOf(definition), "[options]"].join(" "));
    for (const argument of [definition.argument, definition.secondArgument]) {
      if (argument) {
        command.argument(...argument);
      }
    }
    for (const name of definition.options) {
      command.addOption(options[name]);
    }
    if (definition.more !== undefined) {
      command.addHelpText("after", `\n${definition.more}`);
    }
    command.action(async () => {
      if (definition.lasts !== true) {
        compileOnce();
      }
      const context = createContext(this.invocation, new GivenOptions(command));
      this.exitCode = await handler(context, command.args);
    });
  }

  /** Runs the command that `argv` asks for and ends the process with its exit code. */
  async main(argv: readonly string[]): Promise<never> {
    const json = argv.includes("--json");
    if (json) {
      // Without a command commander prints the help, which is no answer to a program.
      this.program.configureOutput({ writeErr: () => undefined });
    }
    try {
      await this.program.parseAsync(argv);
    } catch (error) {
      this.exitCode = this.isHelp(error)
        ? exitCodes.completed
        : reportError(error, {
            ...this.invocation,
            json,
            debug: argv.includes("--debug"),
          });
    }
    await this.invocation.printer.flush();
    process.exit(this.exitCode);
  }

  /** The program, or the command of which this is one: it is made with the first. */
  private parentOf([group = "", ...rest]: readonly string[]): Command {
    if (rest.length === 0) {
      return this.program;
    }
    const known = this.program.commands.find((command) => command.name() === group);
    return known ?? this.program.command(group).summary(groupSummary).helpGroup("GitHub:");
  }

  private isHelp(error: unknown): boolean {
    return error instanceof CommanderError && error.exitCode === 0;
  }
}

function createProgram({ version, printer, terminal }: Invocation): Command {
  return new Command("phase-hopper")
    .description("Runs the phases of a Markdown plan: in order, durably, each exactly once.")
    .usage("<command> [options]")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help, or that of a command")
    .addOption(options.dir)
    .addOption(options.json)
    .addOption(options.debug)
    .addHelpText("after", examples)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => printer.write(text),
      writeErr: (text) => printer.note(text.trimEnd()),
      // Errors are reported in one place, together with those of the commands.
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(terminal.columns, 100),
      getErrHelpWidth: () => Math.min(terminal.columns, 100),
    })
    .exitOverride();
}

const groupSummary = "mirror plans to GitHub: preview, create, link, status, sync, stop";

function syntaxOf({ argument, secondArgument }: Definition): string[] {
  return [argument, secondArgument].flatMap((given) => given?.[0] ?? []);
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

const examples = `
IDs: 1.3 is Phase 3 of Plan 1, as \`phase-hopper list\` shows; 1 is Plan 1.

Exit codes: 0 completed, 1 failed or blocked, 2 bad plan or usage, 3 owned by
another process or not adopted, 4 waiting for a person, 130/143 interrupted
(everything is durable).`;
