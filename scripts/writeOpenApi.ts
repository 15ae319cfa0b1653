import { writeFileSync } from "node:fs";
import { openApiDocument } from "../src/core/api/openApi";
import { routes } from "../src/core/api/routes";

/** Writes the OpenAPI document that is checked in; a test compares it with the routes. */
writeFileSync("docs/openapi.json", `${JSON.stringify(openApiDocument(routes), undefined, 2)}\n`);
