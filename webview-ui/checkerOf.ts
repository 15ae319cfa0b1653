import * as z from "zod/mini";

/** Whether a value is what a schema describes. */
export type Checker<T> = (value: unknown) => value is T;
type Check = (value: unknown) => boolean;

/**
 * Made of a schema once, and asked for each message: says what the schema itself would say, but copies
 * nothing on its way. Of a thousand phases that takes a tenth of the time, which somebody waits for.
 */
export function checkerOf<T extends z.core.$ZodType>(schema: T): Checker<z.output<T>> {
  const check = checkOf(schema);
  return (value): value is z.output<T> => check(value);
}

function checkOf(schema: z.core.$ZodType): Check {
  if (schema instanceof z.core.$ZodObject && schema._zod.def.catchall === undefined) {
    return objectCheck(schema);
  }
  if (schema instanceof z.core.$ZodArray) {
    const element = checkOf(schema._zod.def.element);
    // With what is missing in it, which `every` passes over.
    return (value) => Array.isArray(value) && Array.from<unknown>(value).every(element);
  }
  if (schema instanceof z.core.$ZodUnion) {
    const options = schema._zod.def.options.map(checkOf);
    return (value) => options.some((option) => option(value));
  }
  if (schema instanceof z.core.$ZodEnum) {
    return isOneOf(Object.values(schema._zod.def.entries));
  }
  if (schema instanceof z.core.$ZodLiteral) {
    return isOneOf(schema._zod.def.values);
  }
  if (schema instanceof z.core.$ZodNumberFormat && schema._zod.def.format === "safeint") {
    return Number.isSafeInteger;
  }
  if (isPlain(schema)) {
    const { type } = schema._zod.def;
    return type === "number" ? Number.isFinite : (value) => typeof value === type;
  }
  // Seldom, and small.
  return (value) => z.safeParse(schema, value).success;
}

function isOneOf(values: readonly unknown[]): Check {
  const known = new Set(values);
  return (value) => known.has(value);
}

/** A string, number or boolean of which nothing else is asked. */
function isPlain(schema: z.core.$ZodType): boolean {
  const { def } = schema._zod;
  return (
    (def.type === "string" || def.type === "number" || def.type === "boolean") &&
    (def.checks ?? []).length === 0 &&
    !("check" in def)
  );
}

function objectCheck(schema: z.core.$ZodObject): Check {
  const members = Object.entries(schema._zod.def.shape).map(([name, member]) => ({
    name,
    check: checkOf(inner(member)),
    isOptional: member._zod.optin === "optional",
    isExact: member instanceof z.core.$ZodExactOptional,
  }));
  return (value) =>
    isRecord(value) &&
    members.every(({ name, check, isOptional, isExact }) => {
      const member = value[name];
      return member === undefined && isOptional ? !isExact || !(name in value) : check(member);
    });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function inner(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.core.$ZodOptional ? schema._zod.def.innerType : schema;
}
