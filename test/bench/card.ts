import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { builtCli, chainPlan } from "../support/bed";
import { Card } from "../support/vscode/card";
import { serverInstallation } from "../support/vscode/installation";
import { VsCodeServer } from "../support/vscode/server";
import { Workbench } from "../support/vscode/workbench";
import { median, quantile } from "./measure";

const execute = promisify(execFile);
const phases = 1000;

/**
 * The hopper card with 1,000 phases in a real webview: when it shows them after its document began,
 * and what one change of status costs: script alone, and until the frame with it is drawn.
 */
export async function benchCard(rounds: number): Promise<string> {
  const server = await VsCodeServer.start(await serverInstallation(), {
    extension: resolve("."),
    settings: { "phaseHopper.autoStart": false },
  });
  try {
    const workspace = join(server.root, "workspace");
    mkdirSync(workspace);
    writeFileSync(join(workspace, "plan.md"), chainPlan(phases));
    const cli = commandLine(server, workspace);
    await cli("enqueue", "plan.md", "--yes");
    const workbench = await Workbench.open(server, { workspace, probe });
    try {
      return await measure(workbench, cli, rounds);
    } finally {
      await workbench.close();
    }
  } finally {
    await server.stop();
  }
}

type CommandLine = (...args: string[]) => Promise<unknown>;

async function measure(workbench: Workbench, cli: CommandLine, rounds: number): Promise<string> {
  const firsts: number[] = [];
  const afterState: number[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round > 0) {
      await workbench.quickInput.runCommand("View: Close Editor");
      await workbench.page.locator("iframe.webview").waitFor({ state: "detached" });
    }
    const opened = await Card.open(workbench);
    const [state] = await messages(opened, "state", 1);
    firsts.push((state?.start ?? Number.NaN) + (state?.drawn ?? Number.NaN));
    afterState.push(state?.drawn ?? Number.NaN);
  }
  const card = await Card.find(workbench);
  for (let round = 1; round <= rounds; round++) {
    // In the middle of the chain: nothing but this one phase changes.
    await cli("skip", `1.${phases / 2 + round}`);
    await messages(card, "changes", round);
  }
  const changes = (await messages(card, "changes", rounds)).slice(0, rounds);
  const script = changes.map((change) => change.script);
  const drawn = changes.map((change) => change.drawn);
  const ms = (values: readonly number[]): string => `${median(values).toFixed(1)} ms`;
  return (
    `hopper card with ${phases} phases: shown ${ms(firsts)} after its document began, ` +
    `${ms(afterState)} after the state arrived; one change of status ${ms(script)} of script ` +
    `(longest ${quantile(script, 1).toFixed(1)} ms), ${ms(drawn)} until it is drawn`
  );
}

function commandLine(server: VsCodeServer, workspace: string): CommandLine {
  const env = {
    ...process.env,
    HOME: join(server.root, "home"),
    XDG_STATE_HOME: join(server.root, "state"),
    CI: "1",
  };
  return (...args) => execute(process.execPath, [builtCli, ...args], { cwd: workspace, env });
}

/**
 * Runs in every document of the workbench: takes the time of each message from the arrival to the end
 * of the script that it sets off, microtasks included, and to the frame that is drawn after it.
 */
const probe = `{
  const soon = (then) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = then;
    channel.port2.postMessage(undefined);
  };
  const add = window.addEventListener;
  window.hopperMessages = [];
  window.addEventListener = (type, listener, ...rest) =>
    add.call(window, type, type !== "message" || typeof listener !== "function" ? listener : (event) => {
      const start = performance.now();
      listener.call(window, event);
      soon(() => {
        const script = performance.now() - start;
        requestAnimationFrame(() => soon(() => {
          const drawn = performance.now() - start;
          window.hopperMessages.push({ type: String(event.data?.type), start, script, drawn });
        }));
      });
    }, ...rest);
}`;

const messageSchema = z.object({
  type: z.string(),
  /** Milliseconds since the document began. */
  start: z.number(),
  /** Milliseconds since `start`. */
  script: z.number(),
  drawn: z.number(),
});
type Message = z.infer<typeof messageSchema>;

/** Waits until the card has worked on so many messages of a type. */
async function messages(card: Card, type: string, count: number): Promise<Message[]> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const all: unknown = await card.frame.evaluate("window.hopperMessages");
    const found = z
      .array(messageSchema)
      .parse(all)
      .filter((message) => message.type === type);
    if (found.length >= count) {
      return found;
    }
    if (performance.now() > deadline) {
      throw new Error(`The card got ${found.length} messages "${type}", not ${count}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
