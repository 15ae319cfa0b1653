import type { SuccessRule } from "../protocol/runners";

/** Field names and the values they must have. */
type Pattern = NonNullable<SuccessRule["finalEvent"]>;

/** What an agent's output says about its success. */
export interface RuleResult {
  readonly succeeded: boolean;
  /** Why not, for a person. */
  readonly message?: string;
  readonly evidence: {
    readonly finalEvent?: unknown;
    readonly errorEvent?: unknown;
    /** The start of the agent's answer. */
    readonly answer?: string;
  };
}

/** Parsing is done in one go, and this much of it takes tens of milliseconds. */
export const longestEvent = 4 * 1024 * 1024;

const longestAnswer = 2_000;
const longestMessage = 500;

/**
 * Reads an agent's output event by event and says at the end whether it succeeded by its rule. An
 * error pattern is looked for in events of the final kind, of which only the last one counts; a
 * pattern that gives a field of the final event another value names a kind of its own, and any such
 * event fails the run.
 */
export class SuccessReader {
  private finalEvent: unknown;
  /** The last event of the final kind, if it has the marks of an error. */
  private finalError: unknown;
  /** The first event of a kind that is an error wherever it stands. */
  private fatalEvent: unknown;
  private answer = "";
  private readonly errors: readonly { pattern: Pattern; ownKind: boolean }[];
  /** Byte strings of which an event that matters contains at least one. */
  private readonly needles: readonly Buffer[] | undefined;
  private text = "";

  constructor(private readonly rule: SuccessRule) {
    const final = rule.finalEvent ?? {};
    this.errors = (rule.errorEvents ?? []).map((pattern) => {
      const ownKind = Object.entries(final).some(
        ([name, value]) => name in pattern && pattern[name] !== value,
      );
      return { ownKind, pattern: ownKind ? pattern : { ...final, ...pattern } };
    });
    this.needles = needlesOf(rule, this.errors);
  }

  line(line: Buffer): void {
    switch (this.rule.format) {
      case "jsonLines":
        if (!this.needles || this.needles.some((needle) => line.includes(needle))) {
          this.event(parse(line.toString("utf8")));
        }
        break;
      case "json":
        // One value over several lines: gathered, within bounds, and parsed at the end.
        if (this.text.length < longestEvent) {
          this.text += `${line.toString("utf8")}\n`;
        }
        break;
      case "text":
        this.answer = (this.answer + line.toString("utf8").trim()).slice(0, longestAnswer);
        break;
    }
  }

  result(): RuleResult {
    if (this.rule.format === "json") {
      this.event(parse(this.text.slice(Math.max(0, this.text.search(/^[[{]/m)))));
    }
    const { rule } = this;
    const errorEvent = this.fatalEvent ?? this.finalError;
    const evidence = {
      ...(this.finalEvent === undefined ? {} : { finalEvent: shorten(this.finalEvent) }),
      ...(errorEvent === undefined ? {} : { errorEvent: shorten(errorEvent) }),
      ...(this.answer === "" ? {} : { answer: this.answer }),
    };
    const failed = (message: string): RuleResult => ({ succeeded: false, message, evidence });

    if (errorEvent !== undefined) {
      const said = textOf(
        rule.errorMessage === undefined ? undefined : valueAt(errorEvent, rule.errorMessage),
      );
      return failed(said === undefined ? "the agent reported an error" : oneLine(said));
    }
    if (rule.finalEvent !== undefined && this.finalEvent === undefined) {
      return failed(
        `the agent ended without its final event ${JSON.stringify(rule.finalEvent)}: it was cut off`,
      );
    }
    if (rule.answer !== undefined && this.answer.trim() === "") {
      return failed("the agent gave no answer");
    }
    return { succeeded: true, evidence };
  }

  private event(event: unknown): void {
    if (event === undefined) {
      return;
    }
    const { finalEvent, answer } = this.rule;
    const isFinal = matches(event, finalEvent ?? {});
    const error = this.errors.find(({ pattern }) => matches(event, pattern));
    if (error?.ownKind === true) {
      this.fatalEvent ??= event;
    } else if (error !== undefined || (isFinal && finalEvent !== undefined)) {
      this.finalError = error === undefined ? undefined : event;
    }
    if (isFinal) {
      this.finalEvent = event;
    }
    if (answer !== undefined && matches(event, answer.event ?? finalEvent ?? {})) {
      const text = textOf(valueAt(event, answer.path));
      if (text !== undefined && text.trim() !== "") {
        this.answer = text.slice(0, longestAnswer);
      }
    }
  }
}

/**
 * An event that matters has one of the wanted values as text; looking for the bytes is many times
 * faster than parsing a line. Without such a value every line must be parsed.
 */
function needlesOf(
  rule: SuccessRule,
  errors: readonly { pattern: Pattern }[],
): readonly Buffer[] | undefined {
  const patterns = [
    rule.finalEvent,
    rule.answer?.event,
    ...errors.map(({ pattern }) => pattern),
  ].filter((pattern) => pattern !== undefined);
  const needles = patterns.map((pattern) =>
    Object.values(pattern).find((value) => typeof value === "string"),
  );
  return needles.length > 0 && needles.every((needle) => needle !== undefined)
    ? needles.map((needle) => Buffer.from(JSON.stringify(needle)))
    : undefined;
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function matches(event: unknown, pattern: Pattern): boolean {
  return Object.entries(pattern).every(([path, value]) => valueAt(event, path) === value);
}

/** The value at a dotted path; without a path the value itself. */
function valueAt(value: unknown, path?: string): unknown {
  let current = value;
  for (const name of path?.split(".") ?? []) {
    current =
      typeof current === "object" && current !== null
        ? new Map<string, unknown>(Object.entries(current)).get(name)
        : undefined;
  }
  return current;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "string") {
    return value;
  }
  return value === undefined || value === null ? undefined : JSON.stringify(value);
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > longestMessage ? `${line.slice(0, longestMessage)}…` : line;
}

/** Evidence is stored with the attempt: long texts in it are cut. */
function shorten(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_name, item: unknown) =>
      typeof item === "string" && item.length > longestMessage
        ? `${item.slice(0, longestMessage)}…`
        : item,
    ),
  );
}
