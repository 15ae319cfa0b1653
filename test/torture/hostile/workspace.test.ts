import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../src/core/base/clock";
import { HopperError } from "../../../src/core/base/errors";
import type { HopperOptions } from "../../../src/core/hopper";
import { encodeCommit, encodeHeader, parseJournal } from "../../../src/core/queue/journal";
import { migrations, schemaVersion } from "../../../src/core/queue/migrations";
import { readQueue } from "../../../src/core/queue/readQueue";
import { builtAssets } from "../../support/assets";
import { Bed } from "../../support/bed";
import { Dice } from "../../support/dice";
import { eventually } from "../../support/eventually";
import { planText } from "../../support/workspace";
import { figure, rounds, seed } from "../support/extent";

const evil = "touch pwned";

describe("a workspace that others write", () => {
  const beds: Bed[] = [];
  const newBed = (): Bed => {
    const bed = new Bed();
    beds.push(bed);
    return bed;
  };
  afterEach(async () => {
    for (const bed of beds.splice(0)) {
      await bed.remove();
    }
  });

  it("may bring along any queue: nothing of it is run before somebody adopts it", async () => {
    const dice = new Dice(seed);
    const tries = rounds({ whole: 100, part: 12 });
    const author = newBed();
    const markdown = planText("Evil", [{ sh: evil }, { sh: evil }]);
    const hopper = await author.openHopper();
    await hopper.enqueue({ markdown });
    await hopper.stop();
    const outcomes = new Map<string, number>();
    for (let count = 0; count < tries; count++) {
      const victim = newBed();
      cpSync(author.workspace, victim.workspace, { recursive: true });
      tamper(victim, dice, count);
      const outcome = await open(victim);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      assert.ok(!existsSync(join(victim.workspace, "pwned")), `variant ${count}, seed ${seed}`);
      rmSync(victim.workspace, { recursive: true });
    }
    assert.equal(outcomes.get("opened") ?? 0, 0);
    figure(
      "G3 foreign and tampered databases",
      `${tries} variants: ${[...outcomes].map(([name, times]) => `${times} ${name}`).join(", ")}; 0 phases started`,
    );
  });

  it("may bring along a queue that looks like a new one, with something hidden in it", async () => {
    const outcomes: string[] = [];
    for (const [what, statements] of Object.entries(hidden)) {
      const victim = newBed();
      placeQueue(victim, statements);
      const options = { assets: builtAssets, clock: systemClock };
      await readQueue(join(victim.workspace, ".hopper"), options).then(
        (view) => view?.dispose(),
        (error: unknown) => assert.equal(error instanceof HopperError && error.kind, "damaged"),
      );
      for (const how of [{}, { automatic: true }, { repair: true }]) {
        const outcome = await open(victim, how);
        assert.ok(outcome === "damaged" || outcome === "foreign", `${what}: ${outcome}`);
        outcomes.push(outcome);
      }
      assert.ok(!existsSync(join(victim.workspace, "pwned")), what);
    }
    figure(
      "G3 queues with something hidden",
      `${Object.keys(hidden).length} kinds, ${outcomes.length} openings; 0 admitted, 0 phases started`,
    );
  });

  /** Opens it as somebody who never saw it; answers how it was refused. */
  async function open(bed: Bed, options: Partial<HopperOptions> = {}): Promise<string> {
    try {
      const hopper = await bed.openHopper(options);
      hopper.run();
      return "opened";
    } catch (error) {
      assert.ok(error instanceof HopperError, String(error));
      return error.kind;
    }
  }

  /** As it came, with a phase made "running", a commit added by a valid checksum, or bytes changed. */
  function tamper(bed: Bed, dice: Dice, variant: number): void {
    const folder = join(bed.workspace, ".hopper");
    const journal = join(folder, "queue.journal");
    switch (variant % 5) {
      case 0:
        break;
      case 1:
        addCommit(journal, ["UPDATE phase_queue SET status = 'running'"]);
        break;
      case 2:
        addCommit(journal, ["DELETE FROM queue_config WHERE config_key = 'database_id'"]);
        break;
      case 3:
        addCommit(journal, [
          `INSERT INTO queue_config (config_key, config_value, updated_at) VALUES ('database_id', '${variant}', '')
           ON CONFLICT (config_key) DO UPDATE SET config_value = excluded.config_value`,
          "CREATE TRIGGER later AFTER INSERT ON events BEGIN UPDATE phase_queue SET status = 'ready'; END",
        ]);
        break;
      default: {
        const names = readdirSync(folder).filter((name) => name.startsWith("queue."));
        const path = join(folder, names[dice.below(names.length)] ?? "queue.journal");
        const bytes = readFileSync(path);
        bytes[dice.below(bytes.length)] = dice.below(256);
        writeFileSync(path, bytes);
      }
    }
  }

  it("loses a line that somebody else wrote into the journal while its owner runs", async () => {
    const bed = newBed();
    const hopper = await bed.openHopper();
    const { planId } = await hopper.enqueue({
      markdown: planText("Good", [{ sh: "true" }, { sh: "echo ran > ran" }]),
    });
    const journal = join(bed.workspace, ".hopper", "queue.journal");
    addCommit(journal, ["UPDATE phase_queue SET status = 'completed'"]);
    hopper.run();
    await eventually("both phases are completed", () => {
      return hopper.queue.phases({ planId }).every(({ status }) => status === "completed");
    });
    assert.equal(readFileSync(join(bed.workspace, "ran"), "utf8"), "ran\n");
    const before = JSON.stringify(hopper.queue.phases());
    await hopper.stop();
    const again = await bed.openHopper();
    assert.equal(JSON.stringify(again.queue.phases()), before);
  });

  it("may be edited by a phase: the next ones run what was stored, and nothing else", async () => {
    const edits: Readonly<Record<string, string>> = {
      "the plan file": `printf '## Phase 2: x\\n\\n\`\`\`sh\\n${evil}\\n\`\`\`\\n' > plan.md`,
      "the editor's settings": `mkdir -p .vscode; echo '{"phaseHopper.runners":{"shell":{"kind":"command","argv":["touch","pwned"],"prompt":"stdin"}}}' > .vscode/settings.json`,
      "git hooks": `mkdir -p .git/hooks; printf '#!/bin/sh\\n${evil}\\n' > .git/hooks/post-commit`,
      "our owner file": "echo '{}' > .hopper/owner.json",
      "the scripts made ahead, other sizes": `sleep 0.3; for f in .hopper/attempts/*/1/*.sh; do case $f in *"$HOPPER_QUEUE_ID"*) ;; *) echo '${evil}' > "$f" ;; esac; done`,
      "the scripts made ahead, same sizes": `sleep 0.3; for f in .hopper/attempts/*/1/*; do case $f in *"$HOPPER_QUEUE_ID"*) ;; *) sed -i s/true/evil/g "$f" ;; esac; done`,
    };
    for (const [name, edit] of Object.entries(edits)) {
      const bed = newBed();
      const second = "true; echo ran > ran";
      const text = planText("Edited", [{ sh: edit }, { sh: second }]);
      writeFileSync(join(bed.workspace, "plan.md"), text);
      writeFileSync(join(bed.folder("bin"), "evil"), `#!/bin/sh\n${evil}\n`, { mode: 0o755 });
      const environment = {
        ...bed.environment,
        PATH: `${bed.folder("bin")}:${process.env["PATH"] ?? ""}`,
      };
      const hopper = await bed.openHopper({ environment });
      const { planId } = await hopper.enqueue({ path: join(bed.workspace, "plan.md") });
      hopper.run();
      await eventually(`${name}: both phases have ended`, () => {
        return hopper.queue.phases({ planId }).every(({ status }) => status === "completed");
      });
      assert.ok(!existsSync(join(bed.workspace, "pwned")), `${name}: what was edited in was run`);
      assert.equal(readFileSync(join(bed.workspace, "ran"), "utf8"), "ran\n", name);
      assert.equal(hopper.queue.phases({ planId }).length, 2);
    }
    figure(
      "G4 a phase that edits what we read",
      `${Object.keys(edits).length} kinds of edit; 0 new commands run`,
    );
  });

  it("and a host with secrets: none of them is in a phase's environment, the files or the logs", async () => {
    const planted = rounds({ whole: 100, part: 20 });
    const names = [
      "GITHUB_TOKEN",
      "GH_TOKEN",
      "VSCODE_GIT_IPC_HANDLE",
      "VSCODE_IPC_HOOK_CLI",
      "ELECTRON_RUN_AS_NODE",
      "CLAUDE_CODE_SSE_PORT",
      "CLAUDECODE",
      "HOPPER_TOKEN",
      "PHASE_HOPPER_API_TOKEN",
    ];
    const secrets = Array.from({ length: planted }, (_, index): [string, string] => {
      const name = names[index % names.length] ?? "";
      return [index < names.length ? name : `VSCODE_SECRET_${index}`, `ghp_planted${index}secret`];
    });
    const bed = newBed();
    const said: string[] = [];
    const note = (message: string): void => void said.push(message);
    const hopper = await bed.openHopper({
      environment: { ...bed.environment, ...Object.fromEntries(secrets) },
      logger: { debug: note, info: note, warn: note, error: note },
    });
    const { planId } = await hopper.enqueue({
      markdown: planText("Secrets", [
        { sh: "env; cat /proc/$PPID/environ | tr '\\0' '\\n'" },
        { sh: "exit 3" },
      ]),
    });
    hopper.run();
    await eventually("it has ended", () => hopper.queue.phases({ planId })[1]?.status === "failed");
    const api = JSON.stringify([hopper.snapshot(), hopper.queue.phases()]);
    await hopper.stop();
    const files = readdirSync(bed.root, { recursive: true })
      .map((name) => join(bed.root, String(name)))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
    const everything = [api, ...said, ...files.map((path) => readFileSync(path, "latin1"))].join(
      "\n",
    );
    const found = secrets.filter(([, value]) => everything.includes(value)).map(([name]) => name);
    assert.deepEqual(found, []);
    figure(
      "G13 secrets",
      `${planted} planted in the host's environment; 0 in ${files.length} files, logs, answers and children`,
    );
  });

  it("and phases that print secrets: nothing that is stored or passed on has them", async () => {
    const planted = rounds({ whole: 100, part: 10 });
    const bed = newBed();
    const hopper = await bed.openHopper();
    const kinds = ["ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_"];
    const secrets = Array.from(
      { length: planted },
      (_, index) => `${kinds[index % kinds.length] ?? ""}planted${index}secret`,
    );
    const { planId } = await hopper.enqueue({
      markdown: planText(
        "Talkative",
        secrets.map((secret) => ({
          // Not in the plan's own text, which is kept as it is.
          sh: `printf '%s%s\\n' ${secret.slice(0, 9)} ${secret.slice(9)}; exit 3`,
          lines: ["Depends on: none"],
        })),
      ),
    });
    hopper.run();
    await eventually("all have failed", () => {
      void hopper.setPaused(false);
      return hopper.queue.phases({ planId }).every(({ status }) => status === "failed");
    });
    const phases = hopper.queue.phases({ planId });
    assert.ok(phases.every(({ error_message: message }) => message?.includes("…")));
    const api = JSON.stringify([hopper.snapshot(), phases]);
    await hopper.stop();
    const stored = readdirSync(bed.root, { recursive: true })
      .map((name) => join(bed.root, String(name)))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
      .filter((path) => !path.endsWith("output.log"))
      .map((path) => readFileSync(path, "latin1"));
    const everything = [api, ...stored].join("\n");
    assert.deepEqual(
      secrets.filter((secret) => everything.includes(secret)),
      [],
    );
    figure(
      "G13 secrets that phases print",
      `${planted} printed; 0 in the queue, its journal, messages and answers (their own logs have them)`,
    );
  });
});

const phase = JSON.stringify({
  title: "t",
  content: "c",
  externalDocs: [],
  blocks: [{ language: "sh", source: `${evil}\n` }],
  verify: [],
  properties: {},
});
const readyPhase = `INSERT INTO phase_queue (queue_id, plan_id, phase_number, label, title, status,
    depends_on_phases, phase_data, runner, queue_position, created_at, updated_at, start_line)
  VALUES ('11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222', 1, '1', 't',
    'ready', '[]', '${phase}', 'shell', 1, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', 0)`;

/** Statements behind those that make the schema; none of these queues has an id or a plan. */
const hidden: Readonly<Record<string, readonly string[]>> = {
  nothing: [],
  "a ready phase without a plan": ["COMMIT", "PRAGMA foreign_keys = OFF", "BEGIN", readyPhase],
  "a trigger on what will be enqueued": [
    `CREATE TRIGGER later AFTER INSERT ON phase_queue BEGIN
       UPDATE phase_queue SET phase_data = '${phase}'; END`,
  ],
  "a trigger that is no part of the schema": [
    `CREATE TEMP TRIGGER later AFTER INSERT ON main.phase_queue BEGIN
       UPDATE phase_queue SET phase_data = '${phase}'; END`,
  ],
  "something to write to GitHub": [
    `INSERT INTO github_mirrors (plan_id, settings, state, created_at)
     VALUES ('22222222-2222-4222-8222-222222222222',
       '{"apiUrl":"https://api.github.com","owner":"o","name":"n"}', 'on', '')`,
    `INSERT INTO github_outbox (entry_id, position, plan_id, kind, facts, version, written_version,
       state, link, created_at, updated_at)
     VALUES ('33333333-3333-4333-8333-333333333333', 1, '22222222-2222-4222-8222-222222222222',
       'comment', '{}', 1, 0, 'waiting', 'none', '', '')`,
  ],
  "another database": ["ATTACH ':memory:' AS other", "CREATE TABLE other.plans (plan_id)"],
  "work without an end": [
    `WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
     DELETE FROM events WHERE event_id IN n`,
  ],
};

/** Writes a queue as ours would, up to the statements at its end. */
function placeQueue(bed: Bed, statements: readonly string[]): void {
  const folder = bed.folder(join("workspace", ".hopper"));
  const schema = [...migrations.flat(), `PRAGMA user_version = ${schemaVersion}`];
  const lines = [schema, statements].map((texts, index) =>
    encodeCommit({
      seq: index + 1,
      generation: 1,
      statements: texts.map((sql) => [sql, []] as const),
    }),
  );
  const header = encodeHeader({ generation: 1, seq: 0, sha256: null, schema: schemaVersion });
  writeFileSync(join(folder, "queue.journal"), Buffer.concat([header, ...lines]));
}

/** Adds a commit as one of ours would be written: its checksum is no secret. */
function addCommit(journal: string, statements: readonly string[]): void {
  const parsed = parseJournal(readFileSync(journal));
  assert.ok(parsed);
  const seq = Math.max(parsed.header.seq, parsed.commits.at(-1)?.seq ?? 0) + 1;
  const { generation } = parsed.header;
  appendFileSync(
    journal,
    encodeCommit({ seq, generation, statements: statements.map((sql) => [sql, []] as const) }),
  );
}
