import { type Dice, oneOf } from "../../support/dice";
import { type PhaseText, planText } from "../../support/workspace";

/** Folders of the workspace in which each attempt leaves a folder of its own, and who ran a second time. */
export const marks = { starts: "starts", ends: "ends", twice: "twice" } as const;

/** An attempt's name in these folders. */
const name = "$HOPPER_QUEUE_ID.$HOPPER_ATTEMPT_ID";

/** What a phase does between its marks, and how it ends. */
const works: readonly string[] = [
  "true",
  "echo hello; sleep 0.05",
  "sleep 0.2",
  "i=0; while [ $i -lt 200 ]; do i=$((i+1)); echo line $i; done",
  "(sleep 0.1; echo child) & wait",
];

/** What some do instead, of which few end well. */
const oddWorks: readonly string[] = [
  "sleep 1",
  "sleep 10",
  "trap '' TERM; sleep 2",
  "exit 3",
  "kill -9 $$",
];

/** A small plan of any shape; most of its phases end well. */
export function randomPlan(dice: Dice): string {
  const count = 1 + dice.below(8);
  const phases = Array.from({ length: count }, (_, index) => randomPhase(dice, index + 1));
  return planText(`Soak ${dice.below(1_000_000)}`, phases);
}

function randomPhase(dice: Dice, number: number): PhaseText {
  const before = Array.from({ length: number - 1 }, (_, index) => index + 1);
  const dependsOn = before.filter(() => dice.below(3) === 0);
  const lines = [
    ...(dice.below(2) === 0 ? [`Depends on: ${dependsOn.join(", ") || "none"}`] : []),
    ...(dice.below(6) === 0 ? ["Retries: 1"] : []),
    ...(dice.below(20) === 0 ? ["Checkpoint: look at it"] : []),
  ];
  if (dice.below(20) === 0) {
    return { lines: [...lines, "Runner: manual"] };
  }
  // A phase that sleeps has a time-out, or somebody cancels it.
  const work = oneOf(dice, dice.below(10) === 0 ? oddWorks : works) ?? "true";
  const timeout = work === "sleep 10" && dice.below(2) === 0 ? ["Timeout: 1s"] : [];
  const sh = [
    `mkdir "${marks.starts}/${name}" || echo "${name}" >> ${marks.twice}`,
    work,
    `mkdir "${marks.ends}/${name}"`,
  ].join("\n");
  const verify = dice.below(8) === 0 ? { verify: `test -d "${marks.ends}/${name}"` } : {};
  return { lines: [...lines, ...timeout], sh, ...verify };
}
