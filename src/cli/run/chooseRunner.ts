import { HopperError } from "../../core/base/errors";
import type { ParsedPhase } from "../../core/protocol/plan";
import { standardRunner } from "../../core/coordinator/enqueuePlan";
import { commandToType } from "../words/commandToType";
import { blockInWords } from "../words/problems";
import type { Context } from "../context";
import type { RunnerSettings } from "../queue/runnerSettings";
import { cleanLines, cleanText } from "../../core/protocol/words/cleanText";
import { ask, askChoice } from "../terminal/ask";
import { type Line, renderLine, span } from "../terminal/line";
import { assertEnqueueable, type PlanFile, problemsOf, withRunner } from "./planFile";

/** So much of a plan's blocks is shown before somebody says yes to them. */
const most = { linesPerBlock: 10, lines: 60 };

/**
 * Finds the runner of phases that name none: from the command line, or by showing the blocks that
 * would be run and asking.
 *
 * @returns undefined when the answer was no.
 * @throws InvalidPlanError when the plan cannot be enqueued, HopperError `usage` when there is nobody to ask.
 */
export async function chooseRunner(
  context: Context,
  settings: RunnerSettings,
  file: PlanFile,
): Promise<PlanFile | undefined> {
  const { options, terminal, json } = context;
  assertEnqueueable(context, file);
  const unnamed = file.loaded.plan.phases.filter(({ runner }) => runner === undefined);
  if (file.runner !== undefined || unnamed.length === 0) {
    return file;
  }
  if (options.flag("yes")) {
    return checked(context, withRunner(context, settings, file, standardRunner));
  }
  if (!terminal.canAsk || json) {
    throw new HopperError(
      "usage",
      `${file.name} names no runner, and there is no terminal to ask on: --yes runs its blocks with ` +
        `the shell (\`${commandToType(context, "check", file.name)}\` lists them), --runner NAME ` +
        "chooses another.",
    );
  }
  const runner = await askRunner(context, settings, file, unnamed);
  return runner === undefined
    ? undefined
    : checked(context, withRunner(context, settings, file, runner));
}

function checked(context: Context, chosen: PlanFile): PlanFile {
  if (problemsOf(chosen).some(({ severity }) => severity === "error")) {
    assertEnqueueable(context, chosen);
  }
  return chosen;
}

async function askRunner(
  context: Context,
  settings: RunnerSettings,
  file: PlanFile,
  unnamed: readonly ParsedPhase[],
): Promise<string | undefined> {
  const { printer, terminal, workspace } = context;
  const withBlocks = unnamed.filter(({ blocks }) => blocks.length > 0);
  const count = unnamed.length === 1 ? "one phase" : `${unnamed.length} phases`;
  printer.line(`${cleanText(file.name)} names no runner for ${count}.`);
  if (withBlocks.length < unnamed.length) {
    printer.line("Not all of them have blocks that the shell could run: choose a runner.");
    return askForName(context, settings, file);
  }
  printer.line(`With the shell, these blocks are run in ${workspace.path}:`);
  printer.line();
  for (const line of blockLines(withBlocks)) {
    printer.line(renderLine(line, terminal.palette, terminal.columns));
  }
  printer.line();
  const answer = await askChoice(
    terminal,
    "Run these blocks with the shell? [y]es, choose another [r]unner, [n]o: ",
    ["yes", "runner", "no"],
  );
  if (answer === "runner") {
    return askForName(context, settings, file);
  }
  return answer === "yes" ? standardRunner : undefined;
}

async function askForName(
  { printer, terminal }: Context,
  { runners }: RunnerSettings,
  { runnersOf }: PlanFile,
): Promise<string | undefined> {
  if (runnersOf === "owner") {
    const name = await ask(
      terminal,
      "Runner of the queue's owner (nothing to leave): ",
      (line) => line,
    );
    return name === "" ? undefined : name;
  }
  const width = Math.max(...[...runners.keys()].map((name) => name.length));
  for (const [name, { description = "" }] of runners) {
    const line = [span(`  ${name.padEnd(width)}  `, "bold"), span(description, "dim")];
    printer.line(renderLine(line, terminal.palette, terminal.columns));
  }
  const name = await ask(terminal, "Runner (nothing to leave): ", (line) =>
    line === "" || runners.has(line) ? line : undefined,
  );
  return name === "" ? undefined : name;
}

function blockLines(phases: readonly ParsedPhase[]): Line[] {
  const lines = phases.flatMap((phase) =>
    [...phase.blocks, ...phase.verify].flatMap((block): Line[] => {
      const source = cleanLines(block.source.trimEnd());
      const more = source.length - most.linesPerBlock;
      const verify = phase.verify.includes(block) ? "verify " : "";
      return [
        [
          span(`Phase ${phase.number} ${cleanText(phase.title)}  `, "bold"),
          span(`${verify}${blockInWords(block)}`, "dim"),
        ],
        ...source.slice(0, most.linesPerBlock).map((text) => [span(`    ${text}`)]),
        ...(more > 0 ? [[span(`    … ${more} more lines`, "dim")]] : []),
      ];
    }),
  );
  const more = lines.length - most.lines;
  return more > 0
    ? [...lines.slice(0, most.lines), [span(`… ${more} more lines: look at the file`, "dim")]]
    : lines;
}
