import * as z from "zod";
import { successRuleSchema } from "../protocol/runners";
import { runnerKinds } from "../protocol/terms";
import { blockLanguages } from "../protocol/plan";

/**
 * One step of an attempt. Steps run in order, each in the workspace folder, until one fails; the
 * verify steps come last.
 */
const stepSchema = z.strictObject({
  kind: z.enum(["block", "command", "verify"]),
  /** Program (an absolute path) and arguments. */
  argv: z.array(z.string()).min(1),
  /** The interpreter of a block. */
  language: z.enum(blockLanguages).optional(),
  /** Line of the plan where the block starts, from 1: for people. */
  line: z.int().optional(),
  /** File of the attempt's folder that is the step's stdin; without it stdin is empty. */
  stdin: z.string().optional(),
});
export type AttemptStep = z.infer<typeof stepSchema>;

/** What `spec.json` says: everything needed to run an attempt and to judge it, written once. */
export const attemptSpecSchema = z.strictObject({
  version: z.literal(1),
  attemptId: z.string(),
  queueId: z.string(),
  attemptNumber: z.int(),
  /** Boot in which the folder was made: an attempt is never started in a later one. */
  bootId: z.string(),
  createdAt: z.string(),
  runner: z.string(),
  kind: z.enum(runnerKinds),
  workspace: z.string(),
  /** Set for every step, on top of the environment of the host. */
  environment: z.record(z.string(), z.string()),
  /** Names given back although they are removed from the host's environment. */
  passEnv: z.array(z.string()),
  steps: z.array(stepSchema),
  success: successRuleSchema.optional(),
});
export type AttemptSpec = z.infer<typeof attemptSpecSchema>;

/** The line in the output before a verify step; what a command printed ends at the first of them. */
export function verifyMarker(step: AttemptStep): string {
  return `${verifyMarkerStart}${describeBlock(step)}`;
}

export const verifyMarkerStart = "[phase-hopper] verify: ";

/** "sh, line 14", for the output and for messages. */
export function describeBlock(step: AttemptStep): string {
  const what = step.language ?? "command";
  return step.line === undefined ? what : `${what}, line ${step.line}`;
}
