import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { resolve } from "node:path";
import * as z from "zod";
import { eventually } from "../../support/eventually";
import type { Workspace } from "../../support/workspace";
import type { Gauge } from "./host";

const gaugeSchema = z.object({
  rss: z.number(),
  used: z.number(),
  descriptors: z.number(),
  sockets: z.number(),
  resources: z.number(),
});

/** What a host may say: what was killed in the middle of a commit leaves a torn line. */
const harmless = [
  /^notice: \d+ bytes of an unfinished change at the end of /,
  // The driver ends launchers, too, and its phases fail often.
  /^warning: .*launcher/i,
  /^warning: Starting attempt [-0-9a-f]+ again: it ended with SIGKILL$/,
  /^warning: The queue was paused: 3 phases failed /,
];

/** One life of a host. */
export class HostProcess {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly said: string[] = [];
  private readonly complaints: string[] = [];
  private readonly closed: Promise<void>;

  constructor(file: string, workspace: Workspace, seed: number) {
    const args = ["--expose-gc", file, workspace.path, resolve("dist"), String(seed)];
    this.child = spawn(process.execPath, args, { env: workspace.environment() });
    createInterface({ input: this.child.stdout }).on("line", (line) => this.said.push(line));
    createInterface({ input: this.child.stderr }).on("line", (line) => {
      if (!harmless.some((pattern) => pattern.test(line))) {
        this.complaints.push(line);
      }
    });
    this.closed = new Promise((done) => this.child.on("close", () => done()));
  }

  get isOpen(): boolean {
    return this.said.includes("open");
  }

  async opened(): Promise<void> {
    await eventually(`the host opens the queue: ${this.complaints.join()}`, () => {
      assert.equal(this.child.exitCode, null, this.complaints.join("\n"));
      return this.isOpen;
    });
  }

  async gauge(): Promise<Gauge> {
    const before = this.said.length;
    this.child.stdin.write("gauge\n");
    const line = await eventually("the host answers", () => this.said[before]);
    return gaugeSchema.parse(JSON.parse(line));
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.closed;
    assert.equal(this.child.signalCode, "SIGKILL", this.complaints.join("\n"));
    this.assertCalm();
  }

  /** Ends it as a reload of the window does; it must end by itself. */
  async stop(): Promise<void> {
    this.child.stdin.write("stop\n");
    await eventually("the host ends", () => this.child.exitCode !== null);
    await this.closed;
    assert.equal(this.child.exitCode, 0, this.complaints.join("\n"));
    this.assertCalm();
  }

  private assertCalm(): void {
    assert.deepEqual(this.complaints, [], "a host complained");
  }
}
