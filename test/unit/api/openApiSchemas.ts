import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { registerSchema, type Validator, validate } from "@hyperjump/json-schema/openapi-3-1";
import * as z from "zod";
import { matchRoute } from "../../../src/core/api/matchRoute";
import { routes } from "../../../src/core/api/routes";

/** The OpenAPI document as it is checked in. */
export const openApiText = readFileSync("docs/openapi.json", "utf8");
export const openApi = z
  .looseObject({
    openapi: z.string(),
    paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
  })
  .parse(JSON.parse(openApiText));

const location = "https://phase-hopper.example/openapi.json";
// As a schema it only is a place to find schemas in: all of it is found by pointers.
registerSchema(
  z.custom<Parameters<typeof registerSchema>[0]>().parse(openApi),
  location,
  "https://spec.openapis.org/oas/3.1/dialect/base",
);
const validators = new Map<string, Promise<Validator>>();

/** What is wrong with the whole document, by the official schema of OpenAPI 3.1 and its dialect. */
export async function problemsOfDocument(document: object): Promise<readonly string[]> {
  const official = "https://spec.openapis.org/oas/3.1/schema-base";
  const output = await validate(official, z.json().parse(document), "BASIC");
  return output.valid ? [] : (output.errors ?? []).map((error) => error.instanceLocation);
}

/** What is wrong with an answer, by the document's schema of that name. */
export function problemsOfSchema(name: string, value: unknown): Promise<readonly string[]> {
  return problemsAt(`#/components/schemas/${name}`, value);
}

/** Insists that the document describes this answer; for a request that is none of its, says nothing. */
export async function assertDescribed(
  method: string,
  target: string,
  status: number,
  value: unknown,
): Promise<void> {
  const match = matchRoute(routes, method, target);
  if ("route" in match && status !== 0 && match.route.contentType === "application/json") {
    const problems = await problemsOfAnswer(match.route, status, value);
    assert.deepEqual(problems, [], `${method} ${target}: ${JSON.stringify(value).slice(0, 500)}`);
  }
}

/** What is wrong with an answer of this operation, by what the document says of it. */
async function problemsOfAnswer(
  operation: { readonly method: string; readonly path: string },
  status: number,
  value: unknown,
): Promise<readonly string[]> {
  const method = operation.method.toLowerCase();
  const known = openApi.paths[operation.path]?.[method];
  if (!known) {
    return [`${operation.method} ${operation.path} is not in the document`];
  }
  const responses = z.record(z.string(), z.looseObject({})).parse(known["responses"]);
  const response = responses[String(status)];
  if (!response) {
    return [`${operation.method} ${operation.path} cannot answer ${status}`];
  }
  const { $ref } = response;
  const place =
    typeof $ref === "string"
      ? $ref
      : `#/paths/${escaped(operation.path)}/${method}/responses/${status}`;
  return problemsAt(`${place}/content/${escaped("application/json")}/schema`, value);
}

async function problemsAt(pointer: string, value: unknown): Promise<readonly string[]> {
  let validator = validators.get(pointer);
  if (!validator) {
    validator = validate(`${location}${pointer}`);
    validators.set(pointer, validator);
  }
  const output = (await validator)(z.json().parse(value), "BASIC");
  return output.valid
    ? []
    : (output.errors ?? []).map((error) => `${error.instanceLocation}: ${error.keyword}`);
}

function escaped(segment: string): string {
  return encodeURIComponent(segment.replaceAll("~", "~0").replaceAll("/", "~1"));
}
