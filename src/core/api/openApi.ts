import * as z from "zod";
import { clientMessage } from "./eventMessages";
import { route, type Route } from "./route";
import { apiSchemas } from "./schemaNames";
import { openApiReply, refusalReply } from "./schemas";

/** The version of the API, not of the program: it changes when what is said over it does. */
export const apiVersion = "1.0.0";

type Json = Readonly<Record<string, unknown>>;

/** The row that answers the OpenAPI document of these rows and of itself. */
export function openApiRoute(others: readonly Route[]): Route {
  let document: z.infer<typeof openApiReply> | undefined;
  const own: Route = route({
    name: "getOpenApi",
    method: "GET",
    path: "/api/openapi.json",
    summary: "This document",
    reply: openApiReply,
    answer: () => (document ??= openApiDocument([...others, own])),
  });
  return own;
}

/** Describes the API in OpenAPI 3.1, made from the same rows and schemas that answer it. */
export function openApiDocument(routes: readonly Route[]): { readonly openapi: string } & Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "Phase Hopper",
      version: apiVersion,
      summary: "The queue of one workspace folder",
      description:
        "Answered by the process that owns the queue: over its local socket always, over TCP on " +
        "127.0.0.1 when that is switched on. Every request needs a token in its Authorization " +
        "header. See docs/api.md.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [
      {
        url: "http://127.0.0.1:{port}",
        description: "The address stands in a file of the user's state folder.",
        variables: { port: { default: "0" } },
      },
    ],
    security: [{ token: [] }],
    paths: pathsOf(routes),
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "New with each start of the owner." },
        attemptToken: {
          type: "http",
          scheme: "bearer",
          description: "Of one attempt: it can report on that attempt and nothing else.",
        },
      },
      responses: commonRefusals(),
      schemas: namedSchemas(),
    },
  };
}

function pathsOf(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const row of routes) {
    const operations = (paths[row.path] ??= {});
    operations[row.method.toLowerCase()] = operationOf(row);
  }
  return paths;
}

function operationOf(row: Route): Json {
  const body = schemaName(row.body);
  const parameters = [...parametersOf(row.params, "path"), ...parametersOf(row.query, "query")];
  return {
    operationId: row.name,
    summary: row.summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: {
        required: !row.body.safeParse({}).success,
        content: { "application/json": { schema: reference(body) } },
      },
    }),
    ...(row.takesAttemptToken && { security: [{ token: [] }, { attemptToken: [] }] }),
    responses: responsesOf(row),
  };
}

function responsesOf(row: Route): Json {
  const own = row.refusals.map((status) => [status, refusalOf(refusalTexts[status])] as const);
  const common = Object.keys(commonTexts).map(
    (status) => [status, { $ref: `#/components/responses/${responseName(status)}` }] as const,
  );
  return Object.fromEntries([[row.status, successOf(row)], ...own, ...common]);
}

function successOf({ status, contentType, reply }: Route): Json {
  if (status === 101) {
    return {
      description: "A WebSocket; what the server and the client may say are the schemas below.",
      "x-messages": {
        server: reference(schemaName(reply) ?? ""),
        client: reference(schemaName(clientMessage) ?? ""),
      },
    };
  }
  const name = schemaName(reply);
  return contentType === "application/octet-stream"
    ? { description: "The bytes.", headers: logHeaders, content: { [contentType]: {} } }
    : {
        description: "Done.",
        content: { [contentType]: { schema: name === undefined ? {} : reference(name) } },
      };
}

const logHeaders = {
  "X-Hopper-Log-Offset": {
    description: "Where the first byte stands: later than asked after bytes that are kept no more.",
    schema: { type: "integer" },
  },
  "X-Hopper-Log-Size": { description: "Bytes so far.", schema: { type: "integer" } },
};

/** Refusals that routes name as their own. */
const refusalTexts: Readonly<Record<number, string>> = {
  404: "There is no such plan, phase or attempt.",
  409: "Its status does not allow this; the answer says which it is in.",
  422: "The plan has errors; they are listed.",
  426: "This is a WebSocket: the request must ask for an upgrade.",
};

/** Refusals that every route can give. */
const commonTexts: Readonly<Record<string, string>> = {
  400: "The request makes no sense: a field is missing, wrong or unknown, and is named.",
  401: "There is no valid token.",
  403: "The Host is not this server, or the request comes from a web page.",
  405: "The path is known, the method is not.",
  408: "The body did not come in time.",
  413: "The body is too large.",
  415: "The body is not JSON.",
  423: "Another process owns the queue now.",
  431: "The headers are too large.",
  500: "A bug; the owner's log says more.",
  503: "The queue cannot be stored, or there are too many clients.",
  504: "Something the owner needs does not answer.",
};

function commonRefusals(): Json {
  return Object.fromEntries(
    Object.entries(commonTexts).map(([status, text]) => [responseName(status), refusalOf(text)]),
  );
}

function responseName(status: string): string {
  return `Refused${status}`;
}

function refusalOf(description: string | undefined): Json {
  const schema = reference(schemaName(refusalReply) ?? "");
  return { description, content: { "application/json": { schema } } };
}

/** The fields of a flat schema, one parameter each. */
function parametersOf(schema: z.ZodType, place: "path" | "query"): readonly Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input" });
  return Object.entries(properties).map(([name, value]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: value,
  }));
}

function schemaName(schema: z.ZodType): string | undefined {
  return apiSchemas.get(schema)?.id;
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

function namedSchemas(): Json {
  // As they are put in: what is answered may have fields that are not described.
  const { schemas } = z.toJSONSchema(apiSchemas, {
    io: "input",
    uri: (id) => `#/components/schemas/${id}`,
  });
  return Object.fromEntries(
    Object.entries(schemas)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, schema]) => [name, withoutIdentity(schema)]),
  );
}

/** In the document a schema has its place instead, and the document's dialect. */
function withoutIdentity(schema: object): object {
  const own = Object.entries(schema).filter(([key]) => key !== "$schema" && key !== "$id");
  return Object.fromEntries(own);
}
