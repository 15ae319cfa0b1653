import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import { parseJson } from "../../../../src/core/base/validate";

const figuresSchema = z.object({
  transactions: z.number(),
  rollbacks: z.number(),
  checkpoints: z.number(),
  /** How often something held the writer up. */
  busy: z.number(),
  /** Seconds of its longest transaction. */
  slowest: z.number(),
});

const script = resolve(__dirname, "../../../fixtures/workflows/writer.py");

/** Python's own SQLite as the outside program, writing as busily as it can. */
export class OutsideWriter {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  constructor(database: string, mode: "WAL" | "DELETE" | "TRUNCATE" | "PERSIST") {
    const child = spawn("python3", [script, database, mode], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.child = child;
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async ready(): Promise<void> {
    await this.lines.next();
  }

  /** Lets it close its database; answers what it met. */
  async stop(): Promise<z.infer<typeof figuresSchema>> {
    this.child.stdin?.end();
    const line = await this.lines.next();
    return parseJson(figuresSchema, line.done === true ? "" : line.value, "the writer's figures");
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }
}

/** Runs a few lines of Python with `connection`, and `path` of the database; answers their output. */
export function python(folder: string, lines: string): string {
  const path = join(folder, "history.db");
  const whole = `
import json, os, shutil, sqlite3, sys
path = ${JSON.stringify(path)}
connection = sqlite3.connect(path, isolation_level=None)
${lines}
`;
  return execFileSync("python3", ["-c", whole], { encoding: "utf8" }).trim();
}
