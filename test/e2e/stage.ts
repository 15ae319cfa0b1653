import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Locator } from "playwright-core";
import { eventually } from "../support/eventually";
import { serverInstallation } from "../support/vscode/installation";
import { type ServerOptions, VsCodeServer } from "../support/vscode/server";
import { Workbench } from "../support/vscode/workbench";

/** The first run installs the server and the browser. */
export const patience = 15 * 60_000;

/** The workspace folder, and the environment in which a command line has the same home as the extension. */
export interface Place {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

interface StageOptions {
  readonly at?: string;
  readonly before?: (place: Place) => void;
}

function environmentOf({ root }: VsCodeServer): NodeJS.ProcessEnv {
  return { ...process.env, HOME: join(root, "home"), XDG_STATE_HOME: join(root, "state") };
}

/** The workbench on a folder of its own, with our extension: what a user has before them. */
export class Stage {
  private constructor(
    readonly server: VsCodeServer,
    readonly folder: string,
    readonly workbench: Workbench,
  ) {}

  /**
   * @param files names below the workspace folder, and their texts.
   * @param options those of the server; where the workspace folder is, if not below its root; and what
   * happens there before a window shows it.
   * @param folders opens these folders of it together, in place of the whole.
   */
  static async open(
    files: Readonly<Record<string, string>>,
    options: ServerOptions & StageOptions = {},
    folders: readonly string[] = [],
  ): Promise<Stage> {
    const server = await VsCodeServer.start(await serverInstallation(), {
      extension: resolve("."),
      ...options,
      // Text that is drawn by the graphics card is in no element.
      settings: { "terminal.integrated.gpuAcceleration": "off", ...options.settings },
    });
    const folder = options.at ?? join(server.root, "workspace");
    mkdirSync(folder, { recursive: true });
    for (const name of folders) {
      mkdirSync(join(folder, name));
    }
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(folder, name), text);
    }
    const several = join(server.root, "several.code-workspace");
    writeFileSync(
      several,
      JSON.stringify({ folders: folders.map((name) => ({ path: join(folder, name) })) }),
    );
    try {
      options.before?.({ folder, environment: environmentOf(server) });
      const workbench = await Workbench.open(server, {
        workspace: folders.length === 0 ? folder : several,
      });
      return new Stage(server, folder, workbench);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** The environment in which a command line has the same home as the extension. */
  get environment(): NodeJS.ProcessEnv {
    return environmentOf(this.server);
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  has(name: string): boolean {
    return existsSync(this.file(name));
  }

  write(name: string, text = ""): void {
    writeFileSync(this.file(name), text);
  }

  /** Enqueues a plan, and waits until it is shown in the Queue, or there is a question about it. */
  async enqueue(name: string): Promise<void> {
    await this.tryToEnqueue(name);
    const question = this.workbench.page.locator(".monaco-dialog-box");
    await eventually(
      `${name} is shown in the queue`,
      async () =>
        (await this.workbench.tree.isOpen("Phase Hopper")) || (await question.isVisible()),
    );
  }

  /** Enqueues a plan as a user does first. */
  async tryToEnqueue(name: string): Promise<void> {
    await this.preview(name);
    await this.workbench.quickInput.choose("Enqueue ");
  }

  /** Shows what a plan would become, from the explorer with a right-click. */
  async preview(name: string): Promise<void> {
    const { tree } = this.workbench;
    // New files move the rows, also from under a click; a window that was just opened goes back to the
    // container that was open before; and a plan enqueued just now may still be on its way to be shown.
    await eventually("the explorer shows all files", async () => {
      await tree.openContainer("Explorer");
      const rows = readdirSync(this.folder).map((file) => tree.rows(file).first().isVisible());
      const isWhole = (await Promise.all(rows)).every((isShown) => isShown);
      return isWhole && (await tree.openMenu(name));
    });
    await tree.chooseFromOpenMenu("Enqueue Phases");
    await this.workbench.page.getByText(`Enqueue Phases: ${name}`).waitFor();
  }

  /** Opens a file from the explorer, to stay, by a double click; again where rows moved from under it. */
  async openFile(name: string): Promise<void> {
    const { tree, page } = this.workbench;
    const tab = page.locator(".tab.active", { hasText: name });
    await eventually(`${name} is open`, async () => {
      // A plan enqueued just now may still be on its way to be shown, which closes the explorer.
      await tree.openContainer("Explorer");
      const row = tree.rows(name).first();
      const shown = row.dblclick({ timeout: 3000 }).then(() => tab.waitFor({ timeout: 3000 }));
      return shown.then(
        () => true,
        () => false,
      );
    });
  }

  /** A row of the queue with this text; rows are waited for. */
  row(text: string | RegExp): Locator {
    return this.workbench.tree.rows(text).first();
  }

  /** The row of a phase with this status, which is part of what a screen reader says of it. */
  phase(phase: string, status: string): Locator {
    return this.workbench.page.locator(
      `.part.sidebar .monaco-list-row[aria-label*="${phase}, ${status}"]`,
    );
  }

  /** Waits until a phase has this status. */
  async status(phase: string, status: string): Promise<void> {
    await this.phase(phase, status).waitFor({ timeout: 60_000 });
  }

  async close(): Promise<void> {
    await this.workbench.close();
    await this.server.stop();
    assert.deepEqual(this.server.processes(), []);
  }
}

/** A plan of shell phases: title and what each runs. */
export function plan(title: string, phases: readonly (readonly [string, string])[]): string {
  const texts = phases.map(
    ([name, script], index) => `## Phase ${index + 1}: ${name}\n\n\`\`\`sh\n${script}\n\`\`\`\n`,
  );
  return `# ${title}\n\n${texts.join("\n")}`;
}
