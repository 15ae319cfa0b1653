import type { Hopper } from "../../core/hopper";
import type { Context } from "../context";
import { type ExitCode, exitCodeOfKind, exitCodes } from "../exitCodes";
import { openAdopted } from "../queue/adoption";
import { assertNotOwned, mayPassSoon } from "../queue/owner";
import { patiently } from "../queue/patience";
import { runnerSettings } from "../queue/runnerSettings";
import { exitCodeOfInterrupt, Interrupts } from "../run/interrupts";

/**
 * Owns the queue, runs what is ready, and answers the API over TCP until somebody ends it. Phases
 * that run then go on with their wrappers.
 */
export async function serve(context: Context): Promise<ExitCode> {
  const settings = runnerSettings(context);
  assertNotOwned(context);
  const interrupts = new Interrupts(context.printer.closed);
  try {
    const hopper = await patiently(context, mayPassSoon, () =>
      openAdopted(context, settings, "notAsked"),
    );
    if (hopper === "leave") {
      return exitCodes.interrupted;
    }
    try {
      return await serveUntilEnd(context, hopper, interrupts);
    } finally {
      await hopper.stop();
    }
  } finally {
    interrupts.dispose();
  }
}

async function serveUntilEnd(
  context: Context,
  hopper: Hopper,
  interrupts: Interrupts,
): Promise<ExitCode> {
  const { logger, options } = context;
  for (const notice of hopper.notices) {
    logger.warn(notice);
  }
  const ended = new Promise<ExitCode>((resolve) => {
    interrupts.listen((interrupt) => resolve(exitCodeOfInterrupt[interrupt]));
    hopper.onDidLoseWorkspace(({ kind, message }) => {
      logger.error(message);
      resolve(exitCodeOfKind[kind]);
    });
  });
  const { url, urlFile, tokenFile } = await hopper.openApi(options.number("port") ?? 0);
  hopper.run();
  say(context, { url, urlFile, tokenFile });
  const exitCode = await ended;
  hopper.stopStarting();
  return exitCode;
}

/** Where to come, and where the token lies: never the token, for what is printed is kept in logs. */
function say(
  { json, printer, workspace }: Context,
  address: { readonly url: string; readonly urlFile: string; readonly tokenFile: string },
): void {
  const { url, urlFile, tokenFile } = address;
  if (json) {
    printer.json({ type: "serving", url, url_file: urlFile, token_file: tokenFile });
    return;
  }
  printer.line(`Serving the queue of ${workspace.path}`);
  printer.line(`  address  ${url}`);
  printer.line(`  token    ${tokenFile}`);
  printer.line();
  printer.line(`curl -H "Authorization: Bearer $(cat '${tokenFile}')" ${url}/api/queue`);
  printer.line("Ctrl-C ends it; phases that run then go on by themselves.");
}
