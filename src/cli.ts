#!/usr/bin/env node
import { version } from "../package.json";
import { assetsBeside } from "./cli/assets";
import { CommandLine } from "./cli/commandLine";
import { definitions } from "./cli/definitions";
import { Printer } from "./cli/printer";
import { describeTerminal } from "./cli/terminal/terminal";
import { systemClock } from "./core/base/clock";

/**
 * The composition root of `phase-hopper`: what surrounds a call, and what carries out each command.
 * A command's code is loaded when it is called, so that help and complaints come at once.
 */
const cli = new CommandLine({
  version,
  assets: assetsBeside(__filename),
  clock: systemClock,
  environment: process.env,
  currentFolder: () => process.cwd(),
  printer: new Printer(process.stdout, process.stderr),
  terminal: describeTerminal(process, process.env),
});

cli.add(definitions.run, async (context, [plan]) =>
  (await import("./cli/run/run")).run(context, plan),
);
cli.add(definitions.enqueue, async (context, [plan]) =>
  (await import("./cli/commands/enqueue")).enqueue(context, plan),
);
cli.add(definitions.check, async (context, [plan]) =>
  (await import("./cli/commands/check")).check(context, plan),
);

cli.add(definitions.list, async (context, [plan]) =>
  (await import("./cli/commands/list")).list(context, plan),
);
cli.add(definitions.pause, async (context, [plan]) =>
  (await import("./cli/commands/pause")).setPaused(context, true, plan),
);
cli.add(definitions.resume, async (context, [plan]) =>
  (await import("./cli/commands/pause")).setPaused(context, false, plan),
);
cli.add(definitions.remove, async (context, [id]) =>
  (await import("./cli/commands/remove")).remove(context, id),
);
cli.add(definitions.serve, async (context) =>
  (await import("./cli/commands/serve")).serve(context),
);
cli.add(definitions.update, async (context, [plan]) =>
  (await import("./cli/commands/update")).update(context, plan),
);
cli.add(definitions.repair, async (context) =>
  (await import("./cli/commands/repair")).repair(context),
);

cli.add(definitions.show, async (context, [id]) =>
  (await import("./cli/commands/show")).show(context, id),
);
cli.add(definitions.log, async (context, [id]) =>
  (await import("./cli/commands/log")).log(context, id),
);
cli.add(definitions.token, async (context, [id]) =>
  (await import("./cli/commands/token")).token(context, id),
);
for (const name of [
  "start",
  "retry",
  "cancel",
  "skip",
  "dropDependencies",
  "done",
  "fail",
] as const) {
  cli.add(definitions[name], async (context, [id]) =>
    (await import("./cli/commands/phaseCommands")).phaseCommand(name, context, id),
  );
}

cli.add(definitions.githubPreview, async (context, [plan]) =>
  (await import("./cli/commands/github")).preview(context, plan),
);
cli.add(definitions.githubCreate, async (context, [plan]) =>
  (await import("./cli/commands/github")).create(context, plan),
);
cli.add(definitions.githubLink, async (context, [plan, issue]) =>
  (await import("./cli/commands/github")).link(context, plan, issue),
);
cli.add(definitions.githubStatus, async (context, [plan]) =>
  (await import("./cli/commands/github")).status(context, plan),
);
cli.add(definitions.githubSync, async (context) =>
  (await import("./cli/commands/github")).sync(context),
);
cli.add(definitions.githubStop, async (context, [plan]) =>
  (await import("./cli/commands/github")).stop(context, plan),
);

/**
 * Something to wait for until the command is done. With nothing but a promise of WebAssembly's, Node leaves its
 * event loop, and waits for all that V8 compiles in the background, a fifth of a second, before it goes on.
 */
const busy = setInterval(() => undefined, 2 ** 30);
void cli.main(process.argv).finally(() => clearInterval(busy));
