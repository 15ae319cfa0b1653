import { join } from "node:path";
import type { AttemptRequest } from "../protocol/attempts";
import type { BlockLanguage, CodeBlock } from "../protocol/plan";
import type { CommandRunnerDefinition } from "../protocol/runners";
import { attemptFiles } from "./attemptFolder";
import type { AttemptStep } from "./attemptSpec";
import { nodeExtension } from "./nodeBlock";
import { findProgram, needsCommandShell } from "./programs";

/** The steps of an attempt, the files they need, and what keeps them from being run. */
export interface PlannedSteps {
  readonly steps: readonly AttemptStep[];
  /** Names in the attempt's folder and contents. */
  readonly files: ReadonlyMap<string, string>;
  readonly problem?: string;
}

interface Interpreter {
  /** Names to look for; the first that is there is taken. */
  readonly programs: readonly string[];
  /** Arguments before the file. */
  readonly options: readonly string[];
  readonly extension: string | ((source: string) => string);
}

const interpreters: Record<BlockLanguage, Interpreter> = {
  sh: { programs: ["sh"], options: ["-e"], extension: "sh" },
  bash: { programs: ["bash"], options: ["-e"], extension: "bash" },
  zsh: { programs: ["zsh"], options: ["-e"], extension: "zsh" },
  pwsh: {
    programs: ["pwsh"],
    options: ["-NoProfile", "-NonInteractive", "-File"],
    extension: "ps1",
  },
  powershell: {
    programs: ["powershell"],
    // Windows PowerShell runs no script files at all unless it is told to, for this process only.
    options: ["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File"],
    extension: "ps1",
  },
  cmd: { programs: ["cmd"], options: ["/d", "/c"], extension: "cmd" },
  node: { programs: ["node"], options: [], extension: nodeExtension },
  python: { programs: ["python3", "python"], options: [], extension: "py" },
};

/** Works out what an attempt runs, looking every program up in the PATH of `environment`. */
export function planSteps(request: AttemptRequest, environment: NodeJS.ProcessEnv): PlannedSteps {
  const steps: AttemptStep[] = [];
  const files = new Map<string, string>();
  const problems: string[] = [];

  const find = (...names: readonly string[]): string => {
    for (const name of names) {
      const found = findProgram(name, environment, request.workspace);
      if (found !== undefined) {
        if (needsCommandShell(found)) {
          problems.push(
            `${found} is a batch file, which cannot be given arguments safely: name the program ` +
              "that it starts (for a package of npm: node and its script)",
          );
        }
        return found;
      }
    }
    const [name = ""] = names;
    problems.push(
      name.includes("/")
        ? `${name} is not a program that can be run: check the runner's argv`
        : `${name} is not on PATH: install it or name its full path in the runner's argv`,
    );
    return name;
  };
  const addBlocks = (kind: "block" | "verify", prefix: string, blocks: readonly CodeBlock[]) => {
    for (const [index, block] of blocks.entries()) {
      const { programs, options, extension } = interpreters[block.language];
      const ending = typeof extension === "string" ? extension : extension(block.source);
      const file = `${prefix}${index + 1}.${ending}`;
      files.set(file, block.source.endsWith("\n") ? block.source : `${block.source}\n`);
      const argv = [find(...programs), ...options, join(request.folder, file)];
      steps.push({ kind, argv, language: block.language, line: block.startLine + 1 });
    }
  };

  const { definition } = request;
  if (definition.kind === "command") {
    steps.push(commandStep(request, definition, find));
  } else {
    addBlocks("block", "", request.blocks);
  }
  addBlocks("verify", "verify-", request.verify);

  if (steps.length === 0) {
    problems.push("there is nothing to run: give the phase a code block or another runner");
  }
  const texts = [...steps.flatMap((step) => step.argv), request.title];
  if (texts.some((text) => text.includes("\0"))) {
    problems.push(
      "an argument or the title contains a NUL character, which no program can be given",
    );
  }
  const [problem] = problems;
  return { steps, files, ...(problem === undefined ? {} : { problem }) };
}

function commandStep(
  request: AttemptRequest,
  definition: CommandRunnerDefinition,
  find: (name: string) => string,
): AttemptStep {
  const values: Record<string, string> = {
    "{promptFile}": join(request.folder, attemptFiles.prompt),
    "{workspace}": request.workspace,
    "{attemptId}": request.attemptId,
  };
  const [program = "", ...rest] = definition.argv;
  return {
    kind: "command",
    argv: [find(program), ...rest.map((argument) => values[argument] ?? argument)],
    ...(definition.prompt === "stdin" ? { stdin: attemptFiles.prompt } : {}),
  };
}
