import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { builtCli, chainPlan } from "../support/bed";
import { eventually } from "../support/eventually";
import { Card } from "../support/vscode/card";
import { serverInstallation } from "../support/vscode/installation";
import { VsCodeServer } from "../support/vscode/server";
import { Workbench } from "../support/vscode/workbench";
import { median, quantile } from "./measure";

const execute = promisify(execFile);
const phases = 1000;

/**
 * The hopper card with 1,000 phases in a real webview: when it shows them after its document began,
 * and what one change of status costs: its script alone, and until the frame with it is drawn.
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
  const messages = await Messages.of(workbench);
  const states: Message[] = [];
  for (let round = 1; round <= rounds; round++) {
    if (round > 1) {
      await workbench.quickInput.runCommand("View: Close Editor");
      await workbench.page.locator("iframe.webview").waitFor({ state: "detached" });
    }
    const before = messages.count("state");
    await workbench.quickInput.runCommand("Phase Hopper: Open Hopper");
    states.push(...(await messages.until("state", before + 1)).slice(before));
  }
  // All of its cards are drawn, and it has nothing else to do.
  const card = await Card.find(workbench);
  await card.locator(`.phase[aria-label^="Phase ${phases} "]`).waitFor({ state: "attached" });
  await card.frame.evaluate(
    "new Promise((resolve) => requestIdleCallback(resolve)).then(() => undefined)",
  );
  const before = messages.count("changes");
  for (let round = 1; round <= rounds; round++) {
    // In the middle of the chain: nothing but this one phase changes.
    await cli("skip", `1.${phases / 2 + round}`);
    await messages.until("changes", before + round);
  }
  const changes = (await messages.until("changes", before + rounds)).slice(before);
  const firsts = states.map(({ start, drawn }) => start + drawn);
  const afterState = states.map(({ drawn }) => drawn);
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
 * of the script that it sets off, microtasks included, and to the frame that is drawn after it. Not to
 * the next task: the workbench has its own on the same thread.
 */
const probe = `{
  const soon = (then) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = then;
    channel.port2.postMessage(undefined);
  };
  // What is drawn for a message is drawn in a microtask, which may set off another.
  const afterMicrotasks = (then, rounds = 3) =>
    queueMicrotask(rounds === 0 ? then : () => afterMicrotasks(then, rounds - 1));
  const add = window.addEventListener;
  window.addEventListener = (type, listener, ...rest) =>
    add.call(window, type, type !== "message" || typeof listener !== "function" ? listener : (event) => {
      const start = performance.now();
      listener.call(window, event);
      const message = { type: String(event.data?.type), start, script: 0, drawn: 0 };
      afterMicrotasks(() => {
        message.script = performance.now() - start;
      });
      requestAnimationFrame(() => soon(() => {
        message.drawn = performance.now() - start;
        window.hopperMessage?.(message);
      }));
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

/** What the cards' pages worked on; they tell it themselves, so that nobody disturbs them by asking. */
class Messages {
  private readonly all: Message[] = [];

  static async of(workbench: Workbench): Promise<Messages> {
    const messages = new Messages();
    await workbench.page.exposeFunction("hopperMessage", (message: unknown) => {
      messages.all.push(messageSchema.parse(message));
    });
    return messages;
  }

  count(type: string): number {
    return this.ofType(type).length;
  }

  /** Waits until there are so many of a type. */
  until(type: string, count: number): Promise<Message[]> {
    return eventually(
      `${count} messages "${type}"`,
      () => this.count(type) >= count && this.ofType(type).slice(0, count),
      60_000,
    );
  }

  private ofType(type: string): Message[] {
    return this.all.filter((message) => message.type === type);
  }
}
