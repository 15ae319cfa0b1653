import { compileFunction } from "node:vm";
import { errorMessage } from "../base/errors";

/** What Node says of a text that is no CommonJS module because it is an ES module. */
const moduleSyntax =
  /^(?:Cannot use import statement outside a module|Unexpected token 'export'|Cannot use 'import\.meta' outside a module)/;

/** The parameters around a CommonJS module's text. */
const parameters = ["exports", "require", "module", "__filename", "__dirname"];

/**
 * The extension that makes Node run a block as what it is, by the rule that newer versions of Node
 * have for files that do not say: CommonJS if that is what it compiles as, an ES module if only its
 * imports, exports or awaits stand in the way. With the extension neither the workspace's
 * package.json nor the version of Node decides, and Node prints no warning that it had to guess.
 */
export function nodeExtension(source: string): "cjs" | "mjs" {
  const text = source.replace(/^#!.*/, "");
  const asCommonJs = problemOf(text);
  if (asCommonJs === undefined) {
    return "cjs";
  }
  // The first problem hides others: what awaits outside of functions is looked at inside of one.
  const asAsync = problemOf(`(async () => {\n${text}\n})`);
  const isModule =
    asAsync === undefined || [asCommonJs, asAsync].some((it) => moduleSyntax.test(it));
  return isModule ? "mjs" : "cjs";
}

/** Compiles the text, without running it. */
function problemOf(text: string): string | undefined {
  try {
    compileFunction(text, parameters);
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}
