import * as z from "zod";

/** Seconds; 0 is "none". */
const seconds = z.int().min(0);

/**
 * How a command's success is recognised beyond exit code 0. The output is read as `format` says; a
 * run succeeded only if a final event is there, no error flag is set in it, and its answer is not
 * empty, as far as each is named.
 */
export const successRuleSchema = z.strictObject({
  /** `jsonLines`: one JSON value per line, other lines ignored. `json`: one value. `text`: as is. */
  format: z.enum(["jsonLines", "json", "text"]),
  /** The event that must come last of its kind: every named field (a dotted path) has the value. */
  finalEvent: z.record(z.string(), z.union([z.string(), z.boolean(), z.number()])).optional(),
  /**
   * Fails the run if the last event of the final kind has all these values too; where a pattern gives
   * a field of the final event another value, it names a kind of its own, and any such event fails.
   */
  errorEvents: z
    .array(z.record(z.string(), z.union([z.string(), z.boolean(), z.number()])))
    .optional(),
  /** Dotted path of the answer in the event that carries it; must hold non-empty text. */
  answer: z
    .strictObject({
      event: z.record(z.string(), z.union([z.string(), z.boolean(), z.number()])).optional(),
      path: z.string().min(1).optional(),
    })
    .optional(),
  /** Dotted path of the message to show when the run failed. */
  errorMessage: z.string().optional(),
});
export type SuccessRule = z.infer<typeof successRuleSchema>;

const common = {
  description: z.string().optional(),
  /** Time for a whole attempt where the phase names none. */
  timeout: seconds.optional(),
  /** Names of environment variables that are passed on although they are removed by default. */
  passEnv: z.array(z.string().min(1)).optional(),
};

export const shellRunnerSchema = z.strictObject({
  kind: z.literal("shell"),
  ...common,
  idleTimeout: seconds.optional(),
});

export const commandRunnerSchema = z.strictObject({
  kind: z.literal("command"),
  ...common,
  /** Program and arguments; `{promptFile}`, `{workspace}` and `{attemptId}` as whole arguments. */
  argv: z.array(z.string()).min(1),
  /** How the program gets its prompt. */
  prompt: z.enum(["stdin", "file"]),
  /** Time without output after which an attempt counts as hung. */
  idleTimeout: seconds.optional(),
  success: successRuleSchema.optional(),
  /** The version of the program this definition was written for. */
  writtenFor: z.string().optional(),
});

export const externalRunnerSchema = z.strictObject({ kind: z.literal("external"), ...common });
export const manualRunnerSchema = z.strictObject({ kind: z.literal("manual"), ...common });

export const runnerDefinitionSchema = z.discriminatedUnion("kind", [
  shellRunnerSchema,
  commandRunnerSchema,
  externalRunnerSchema,
  manualRunnerSchema,
]);
export type RunnerDefinition = z.infer<typeof runnerDefinitionSchema>;
export type CommandRunnerDefinition = z.infer<typeof commandRunnerSchema>;

/** Every runner that can be named, by name. */
export type Runners = ReadonlyMap<string, RunnerDefinition>;
