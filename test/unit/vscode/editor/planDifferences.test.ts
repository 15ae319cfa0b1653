import assert from "node:assert/strict";
import { silentLogger } from "../../../../src/core/base/log";
import type { PhaseQueueItem, PlanItem } from "../../../../src/core/protocol/queue";
import { PlanDifferences } from "../../../../src/vscode/editor/planDifferences";
import { type PlanMarks, planMarks } from "../../../../src/vscode/editor/planMarks";
import { eventually } from "../../../support/eventually";
import { FakeClock } from "../../../support/fakeClock";
import { outlineOf, plan, stored } from "./planFixture";

const before = "# Plan\n\n## Phase 1: A\n\nDo it well.\n\n## Phase 2: B\n\nDo that, too.\n";

describe("enqueued plans beside their files", () => {
  let clock: FakeClock;
  let plans: PlanItem[];
  let phases: PhaseQueueItem[];
  let files: Map<string, string>;
  let watched: Map<string, () => void>;
  let read: string[];
  let openMarks: PlanMarks | undefined;
  let differences: PlanDifferences;
  let fired: number;
  const enqueued = { ...plan, source_sha256: before };
  const path = plan.source_path ?? "";
  const reader = {
    plans: () => plans,
    plansFrom: () => plans.toReversed(),
    counts: (planId?: string) =>
      new Map(phases.filter(({ plan_id }) => plan_id === planId).map(({ status }) => [status, 1])),
    phases: () => phases,
    planContext: () => outlineOf(before).context,
  };

  beforeEach(() => {
    clock = new FakeClock();
    plans = [enqueued];
    phases = outlineOf(before).phases.map((phase) => stored(phase));
    files = new Map([[path, before]]);
    watched = new Map();
    read = [];
    openMarks = undefined;
    fired = 0;
    differences = new PlanDifferences({
      clock,
      logger: silentLogger,
      queues: () => [{ path: "/home/ada", reader }],
      openMarks: () => openMarks,
      read: (file) => {
        read.push(file);
        const text = files.get(file);
        return text === undefined
          ? Promise.reject(new Error("It is gone."))
          : Promise.resolve(outlineOf(text));
      },
      watch: (file, onChange) => {
        watched.set(file, onChange);
        return { dispose: () => watched.delete(file) };
      },
    });
    differences.onDidChange(() => (fired += 1));
  });
  afterEach(() => differences.dispose());

  /** Changes the file, or takes it away. */
  function write(text?: string): void {
    files.delete(path);
    if (text !== undefined) {
      files.set(path, text);
    }
    watched.get(path)?.();
  }
  const words = (): string | undefined => differences.of("plan")?.words;
  /** The pause goes by, and what is compared then is compared. */
  async function becomes(expected: string | undefined): Promise<void> {
    await eventually(`"${String(expected)}"`, () => {
      clock.advance(1000);
      return words() === expected;
    });
  }
  async function compared(): Promise<void> {
    differences.queueChanged(undefined);
    const { length } = read;
    await eventually("it was read", () => {
      clock.advance(1000);
      return read.length > length;
    });
  }

  it("differ once a file is changed that no editor shows, and no more once it is as before", async () => {
    await compared();
    write(before.replace("Do that, too.", "Do more than that."));
    await becomes("1 phase differs");
    assert.deepEqual([...(differences.of("plan")?.phases ?? [])], ["id B"]);
    assert.equal(fired, 1);
    write(before);
    await becomes(undefined);
    assert.equal(fired, 2);
  });

  it("are read once as long as their files stay the same", async () => {
    await compared();
    phases = phases.map((phase) =>
      phase.phase_number === 1 ? { ...phase, status: "running" } : phase,
    );
    differences.queueChanged(undefined);
    write(before.replace("Do it well.", "Do it badly.").replace("Do that", "Do those"));
    await becomes("1 phase differs");
    assert.equal(read.length, 2);
    phases = phases.map((phase) => ({ ...phase, status: "running" }));
    differences.queueChanged(undefined);
    await becomes(undefined);
    assert.equal(read.length, 2, "what runs keeps the text it was started with");
  });

  it("are compared with what is typed where an editor shows the file", async () => {
    await compared();
    const text = `${before}\n## Phase 3: C\n\nAnd so on.\n`;
    openMarks = planMarks(outlineOf(text), {
      plan: enqueued,
      context: reader.planContext(),
      phases,
    });
    differences.documentsChanged();
    await becomes("1 phase is new");
    assert.equal(read.length, 1);
  });

  it("are left alone while their files are gone, and compared again when they are back", async () => {
    await compared();
    write(before.replace("too", "as well"));
    await becomes("1 phase differs");
    write();
    await becomes(undefined);
    write(before.replace("too", "as well"));
    await becomes("1 phase differs");
  });

  it("are neither read nor watched when they are finished", async () => {
    await compared();
    assert.deepEqual([...watched.keys()], [path]);
    phases = phases.map((phase) => ({ ...phase, status: "completed" }));
    differences.queueChanged(undefined);
    await eventually("nothing is watched", () => {
      clock.advance(1000);
      return watched.size === 0;
    });
    assert.equal(read.length, 1);
  });
});
