import * as z from "zod";

/** The schemas that the OpenAPI document defines once and refers to by name. */
export const apiSchemas = z.registry<{ id: string }>();
