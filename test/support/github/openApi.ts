import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as z from "zod";

/**
 * GitHub's own description of its REST API, as published: what is asked and answered in tests is held
 * against it, so that no shape of GitHub's is made up here.
 */

const record = z.record(z.string(), z.unknown());
const operationSchema = z.object({
  parameters: z.array(z.unknown()).default([]),
  requestBody: z.object({ content: record }).optional(),
  responses: record,
});

/** One thing that can be asked of GitHub. */
export class Operation {
  private readonly schemas = new Map<string, z.ZodType>();
  private readonly examples = new Map<number, Readonly<Record<string, unknown>>>();

  constructor(
    readonly route: string,
    private readonly operation: z.infer<typeof operationSchema>,
  ) {}

  /** Complaints about what stands in a request's address. */
  checkParameters(path: string, query: URLSearchParams): readonly string[] {
    const described = this.operation.parameters.map((one) => parameterSchema.parse(resolved(one)));
    const parts = path.split("/");
    const ofPath = this.route
      .split(" ")[1]
      ?.split("/")
      .flatMap((part, index) =>
        /^\{\w+\}$/.test(part) ? [[part.slice(1, -1), parts[index] ?? ""]] : [],
      );
    return [
      ...(ofPath ?? []).flatMap(([name = "", value = ""]) =>
        this.checkParameter(described, "path", name, value),
      ),
      ...[...query].flatMap(([name, value]) =>
        this.checkParameter(described, "query", name, value),
      ),
    ];
  }

  private checkParameter(
    described: readonly z.infer<typeof parameterSchema>[],
    place: string,
    name: string,
    value: string,
  ): string[] {
    const found = described.find((one) => one.in === place && one.name === name);
    if (!found) {
      return [`${this.route}: ${place} has no ${name}`];
    }
    const schema = this.cached(`${place} ${name}`, () => found.schema);
    const isNumber = found.schema["type"] === "integer";
    return schema.safeParse(isNumber ? Number(value) : value).success
      ? []
      : [`${this.route}: ${name} cannot be ${value}`];
  }

  /** Complaints about a request's body; none where it is as described. */
  checkRequest(body: unknown): readonly string[] {
    const content = this.operation.requestBody?.content;
    return content === undefined ? [] : this.complaints("request", content, body);
  }

  /** Complaints about an answer; a success that is not described is one, too. */
  checkAnswer(status: number, body: unknown): readonly string[] {
    const response = this.operation.responses[String(status)];
    if (response === undefined) {
      // Refusals are not listed in full: that of an edit of a comment that is gone is missing.
      return status < 400 ? [`${this.route}: ${status} is no answer that is described`] : [];
    }
    const { content } = answerSchema.parse(resolved(response));
    // One row of a list is made as the next.
    const shown: unknown = Array.isArray(body) ? body.slice(0, 1) : body;
    return content === undefined ? [] : this.complaints(String(status), content, shown);
  }

  /** The published example of an answer. */
  example(status: number): Readonly<Record<string, unknown>> {
    const known = this.examples.get(status);
    if (known) {
      return known;
    }
    const { content } = answerSchema.parse(resolved(this.operation.responses[String(status)]));
    const { examples } = z.object({ examples: record }).parse(content?.["application/json"]);
    const [first] = Object.values(examples);
    const { value } = z.object({ value: z.unknown() }).parse(resolved(first));
    const example = record.parse(Array.isArray(value) ? value[0] : value);
    this.examples.set(status, example);
    return example;
  }

  private complaints(what: string, content: Record<string, unknown>, body: unknown): string[] {
    const result = this.schemaOf(what, content).safeParse(body);
    return result.success
      ? []
      : result.error.issues.map(
          ({ path, message }) => `${this.route} ${what}: ${path.map(String).join(".")}: ${message}`,
        );
  }

  private schemaOf(what: string, content: Record<string, unknown>): z.ZodType {
    return this.cached(
      what,
      () => z.object({ schema: record }).parse(content["application/json"]).schema,
    );
  }

  private cached(what: string, describe: () => unknown): z.ZodType {
    let schema = this.schemas.get(what);
    if (!schema) {
      schema = z.fromJSONSchema(record.parse(dereferenced(describe())), {
        defaultTarget: "openapi-3.0",
      });
      this.schemas.set(what, schema);
    }
    return schema;
  }
}

const parameterSchema = z.object({ name: z.string(), in: z.string(), schema: record });

const answerSchema = z.object({ content: record.optional() });

let description: Record<string, unknown> | undefined;
const operations = new Map<string, Operation>();

/** @param route as the description has it: "GET /repos/{owner}/{repo}/issues". */
export function operation(route: string): Operation {
  let found = operations.get(route);
  if (!found) {
    const [method = "", path = ""] = route.split(" ");
    const methods = record.parse(record.parse(load()["paths"])[path]);
    found = new Operation(route, operationSchema.parse(methods[method.toLowerCase()]));
    operations.set(route, found);
  }
  return found;
}

function load(): Record<string, unknown> {
  if (!description) {
    const main = createRequire(__filename).resolve("@octokit/openapi");
    const file = join(dirname(main), "generated", "api.github.com.json");
    description = record.parse(JSON.parse(readFileSync(file, "utf8")));
  }
  return description;
}

/** What a `$ref` points at, or the value itself. */
function resolved(value: unknown): unknown {
  const reference = z.object({ $ref: z.string() }).safeParse(value);
  if (!reference.success) {
    return value;
  }
  const keys = reference.data.$ref.split("/").slice(1);
  return resolved(keys.reduce<unknown>((place, key) => record.parse(place)[key], load()));
}

/** A schema without references; one that contains itself allows anything there. */
function dereferenced(value: unknown, above: readonly unknown[] = []): unknown {
  if (Array.isArray(value)) {
    return value.map((entry) => dereferenced(entry, above));
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const target = resolved(value);
  if (target !== value) {
    return above.includes(target) ? {} : dereferenced(target, [...above, target]);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, dereferenced(entry, above)]),
  );
}
