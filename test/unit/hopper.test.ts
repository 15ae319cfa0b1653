import assert from "node:assert/strict";
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/core/base/clock";
import { HopperError, type ErrorKind } from "../../src/core/base/errors";
import type { Hopper } from "../../src/core/hopper";
import { findOwner } from "../../src/core/ownership/follower";
import { currentUser, openStateFolder } from "../../src/core/ownership/stateFolder";
import type { AttemptItem } from "../../src/core/protocol/queue";
import { encodeCommit, parseJournal } from "../../src/core/queue/journal";
import { readQueue } from "../../src/core/queue/readQueue";
import { builtAssets } from "../support/assets";
import { Bed, chainPlan } from "../support/bed";
import { eventually } from "../support/eventually";
import { assertNobodyLeft, endProcess } from "../support/processes";

const appending = (file: string): string =>
  `## Phase 1: Note\n\n\`\`\`sh\necho ran >>${file}\n\`\`\`\n`;

/** Resolves when nothing of the queue goes on any more. */
function ended(hopper: Hopper): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      const { kind } = hopper.waiting();
      if (kind !== "running" && kind !== "retry") {
        subscription.dispose();
        resolve();
      }
    };
    const subscription = hopper.onDidChange(check);
    check();
  });
}

function kindOf(kind: ErrorKind): (error: unknown) => boolean {
  return (error) => error instanceof HopperError && error.kind === kind;
}

describe("hopper", () => {
  let bed: Bed;

  beforeEach(() => {
    bed = new Bed();
  });

  afterEach(async () => {
    await bed.remove();
  });

  it("runs a plan to its end, and a later host finds it there", async () => {
    const hopper = await bed.openHopper();
    await hopper.enqueue({ markdown: appending("ledger") });
    hopper.run();
    await ended(hopper);
    await hopper.stop();
    const again = await bed.openHopper();
    assert.deepEqual([...again.queue.counts()], [["completed", 1]]);
    assert.equal(readFileSync(join(bed.workspace, "ledger"), "utf8"), "ran\n");
  });

  it("says after which event it was opened: what it settled then, nobody could listen to", async () => {
    const hopper = await bed.openHopper();
    const script = "until [ -e go ]; do sleep 0.05; done; exit 3";
    const { phases } = await hopper.enqueue({
      markdown: `## Phase 1: Wait\n\n\`\`\`sh\n${script}\n\`\`\`\n`,
    });
    const id = phases[0]?.queue_id ?? "";
    hopper.run();
    const folder = hopper.attemptFolder(id, 1);
    await eventually("it runs", () => existsSync(join(folder, "started")));
    await hopper.stop();
    writeFileSync(join(bed.workspace, "go"), "");
    await eventually("it ended while nobody was here", () => existsSync(join(folder, "exit.json")));
    const again = await bed.openHopper();
    await eventually("its end is settled", () => again.queue.counts().has("failed"));
    assert.deepEqual(
      again.queue
        .events(again.eventBeforeOpening)
        .map(({ queue_id, to_status }) => [queue_id, to_status]),
      [[id, "failed"]],
    );
  });

  it("reads a long plan in a thread, with the same outcome as a short one", async () => {
    const hopper = await bed.openHopper();
    const long = chainPlan(40, "x".repeat(4000));
    const { planId, phases } = await hopper.enqueue({ markdown: long });
    assert.deepEqual(
      phases.map(({ phase_number, status }) => `${phase_number} ${status}`),
      Array.from({ length: 40 }, (_, index) => `${index + 1} ${index === 0 ? "ready" : "queued"}`),
    );
    const changed = long.replace("Step 40", "Last step");
    const id = phases.at(-1)?.queue_id ?? "";
    await hopper.updatePlan({ planId, markdown: changed, update: [id] });
    assert.equal(hopper.queue.phaseByNumber(1, 40)?.phase_data.title, "Last step");
    const broken = long.replace("## Phase 40:", "## Phase 41:");
    await assert.rejects(hopper.enqueue({ markdown: broken }), kindOf("invalidPlan"));
    assert.equal(hopper.queue.plans().length, 1);
  });

  it("keeps everything it writes to this user", async () => {
    const hopper = await bed.openHopper();
    await hopper.enqueue({ markdown: appending("ledger") });
    hopper.run();
    await ended(hopper);
    await hopper.stop();
    const folder = join(bed.workspace, ".hopper");
    assert.equal(statSync(folder).mode & 0o077, 0);
    for (const name of ["queue.db", "queue.journal", ".gitignore"]) {
      assert.equal(statSync(join(folder, name)).mode & 0o077, 0, name);
    }
    assert.equal(readFileSync(join(folder, ".gitignore"), "utf8"), "*\n");
  });

  it("is the only owner of a workspace, until it stops", async () => {
    const hopper = await bed.openHopper();
    await assert.rejects(bed.openHopper(), kindOf("owned"));
    await hopper.stop();
    await bed.openHopper();
  });

  it("takes a follower's commands over its socket, which goes with it", async () => {
    const hopper = await bed.openHopper();
    const user = { ...currentUser(), env: bed.environment, home: bed.root };
    const state = openStateFolder(user);
    const client = findOwner(bed.workspace, state, systemClock);
    assert.ok(client);
    const { planId } = await client.enqueue({ markdown: appending("ledger") });
    await client.setPaused(true);
    assert.equal(hopper.queue.pausedReason, "paused by you");
    assert.equal(hopper.queue.phases({ planId }).length, 1);
    await assert.rejects(client.retry("nonsense"), kindOf("notFound"));
    await hopper.stop();
    assert.equal(findOwner(bed.workspace, state, systemClock), undefined);
  });

  it("shows readers everything without their taking the lock or writing", async () => {
    const hopper = await bed.openHopper();
    await hopper.enqueue({ markdown: appending("ledger") });
    const options = { assets: builtAssets, clock: systemClock };
    const view = await readQueue(join(bed.workspace, ".hopper"), options);
    assert.ok(view);
    assert.deepEqual(view.queue.phases(), hopper.queue.phases());
    view.dispose();
  });

  it("runs nothing of a queue that this user did not make, before it is adopted", async () => {
    const hopper = await bed.openHopper();
    await hopper.enqueue({ markdown: appending("ledger") });
    await hopper.stop();
    rmSync(join(bed.root, "phase-hopper"), { recursive: true });
    await assert.rejects(bed.openHopper(), kindOf("foreign"));
    assert.equal(existsSync(join(bed.workspace, "ledger")), false);
    const adopted = await bed.openHopper({ adopt: true });
    adopted.run();
    await ended(adopted);
    assert.deepEqual([...adopted.queue.counts()], [["completed", 1]]);
    await adopted.stop();
    await bed.openHopper();
  });

  it("knows no queue by what it holds: one without an id is nobody's, however empty it looks", async () => {
    const hopper = await bed.openHopper();
    await hopper.stop();
    await (await bed.openHopper()).stop();
    const journal = join(bed.workspace, ".hopper", "queue.journal");
    const parsed = parseJournal(readFileSync(journal));
    assert.ok(parsed);
    const forget = ["DELETE FROM queue_config WHERE config_key = 'database_id'", []] as const;
    const { generation } = parsed.header;
    const seq = (parsed.commits.at(-1)?.seq ?? parsed.header.seq) + 1;
    appendFileSync(journal, encodeCommit({ seq, generation, statements: [forget] }));
    await assert.rejects(bed.openHopper(), kindOf("foreign"));
    const adopted = await bed.openHopper({ adopt: true });
    assert.ok(adopted.queue.databaseId);
    await adopted.stop();
    await bed.openHopper();
  });

  it("brings a copied folder up paused, its open attempts interrupted, under a name of its own", async () => {
    const hopper = await bed.openHopper();
    await hopper.enqueue({
      markdown: "## Phase 1: Wait\n\nRunner: manual\n\nLook at it closely.\n",
    });
    await hopper.enqueue({ markdown: appending("ledger") });
    hopper.run();
    await ended(hopper);
    await hopper.stop();
    const copy = join(bed.root, "copy");
    cpSync(bed.workspace, copy, { recursive: true });
    const copied = await bed.openHopper({ workspace: copy });
    assert.match(copied.queue.pausedReason ?? "", /copied/);
    assert.equal(copied.queue.phaseByNumber(1, 1)?.reason, "interrupted");
    assert.equal(copied.queue.phaseByNumber(2, 1)?.status, "completed");
    const original = await bed.openHopper();
    assert.equal(original.queue.phaseByNumber(1, 1)?.status, "running");
    assert.notEqual(original.queue.config("database_id"), copied.queue.config("database_id"));
  });

  it("lets a node block's own text decide whether it is a module, not the workspace", async () => {
    writeFileSync(join(bed.workspace, "package.json"), '{"type":"module"}');
    const hopper = await bed.openHopper();
    await hopper.enqueue({
      markdown: '## Phase 1: Old\n\n```node\nrequire("node:fs").writeFileSync("old", "");\n```\n',
    });
    hopper.run();
    await ended(hopper);
    assert.equal(existsSync(join(bed.workspace, "old")), true);
  });

  it("tells once that its workspace was removed, starts nothing more, and does not make it anew", async () => {
    const logged: string[] = [];
    const log = (line: string): void => void logged.push(line);
    const logger = { debug: log, info: log, warn: log, error: log };
    const hopper = await bed.openHopper({ logger });
    await hopper.enqueue({ markdown: "## Phase 1: Sleep\n\n```sh\nexec sleep 600\n```\n" });
    hopper.run();
    const open = (): AttemptItem | undefined => hopper.queue.openAttempts()[0];
    await eventually("the phase runs", () => open()?.state === "running");
    const lost = new Promise<HopperError>((resolve) => hopper.onDidLoseWorkspace(resolve));
    rmSync(bed.workspace, { recursive: true });
    const { kind, message } = await lost;
    const { pid = 0, attempt_id } = open() ?? {};
    endProcess(-pid);
    assert.equal(kind, "storage");
    assert.deepEqual(hopper.waiting(), { kind: "trouble", text: message });
    await assert.rejects(hopper.enqueue({ markdown: appending("ledger") }), kindOf("storage"));
    await hopper.stop();
    assert.equal(existsSync(bed.workspace), false);
    assert.equal(logged.filter((line) => line === message).length, 1);
    await assertNobodyLeft("HOPPER_ATTEMPT_ID", attempt_id ?? "");
  });

  it("refuses a workspace whose path has a line break, before it makes anything", async () => {
    const workspace = bed.folder("two\nlines");
    await assert.rejects(
      bed.openHopper({ workspace }),
      (error) => kindOf("usage")(error) && /two\\nlines.*rename the folder/.test(String(error)),
    );
    assert.deepEqual(readdirSync(workspace), []);
  });

  it("loses nothing when its folder is deleted while a phase runs", async () => {
    const hopper = await bed.openHopper();
    await hopper.enqueue({
      markdown:
        "## Phase 1: Clean\n\n```sh\nrm -rf .hopper\n```\n\n" +
        "## Phase 2: After\nDepends on: none\n\n```sh\ntrue\n```\n",
    });
    hopper.run();
    await ended(hopper);
    assert.equal(hopper.queue.phaseByNumber(1, 1)?.reason, "lost");
    assert.equal(hopper.queue.phaseByNumber(1, 2)?.status, "completed");
    await hopper.stop();
    const again = await bed.openHopper();
    assert.deepEqual(again.notices, []);
    assert.equal(again.queue.phaseByNumber(1, 1)?.reason, "lost");
    assert.equal(again.queue.phaseByNumber(1, 2)?.status, "completed");
  });
});
