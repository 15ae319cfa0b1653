import { mkdtemp, readFile, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { build } from "esbuild";

/**
 * Bundles a program so that what it loads by `import()` lies in files of its own: a script is compiled
 * whole before its first line runs, so what is not needed yet must not be in it. The parts lie in a
 * folder named like the program, and nothing is in two of them.
 *
 * esbuild splits ES modules only, while VS Code and Node load CommonJS sooner: so it is done in two steps.
 *
 * @param name of src/<name>.ts and dist/<name>.js.
 * @param shared options of esbuild for all that is built.
 * @param onePart whether everything that the program begins with shall be one file, whichever of it the
 *   other parts need as well. Its own code is then in that file, not in dist/<name>.js.
 */
export async function buildInParts(name, shared, { onePart = false } = {}) {
  const entry = resolve(`src/${name}.ts`);
  // Beside the sources, whose places are told from here.
  const modules = await mkdtemp(resolve("dist", `.${name}-`));
  try {
    await build({
      ...shared,
      entryPoints: [entry],
      bundle: true,
      splitting: true,
      format: "esm",
      sourcemap: "inline",
      outdir: modules,
      chunkNames: `${name}/[name]-[hash]`,
      plugins: [editorAsItIs, ...(onePart ? [beginsWith(entry)] : [])],
    });
    await build({
      ...shared,
      entryPoints: [join(modules, "**/*.js")],
      outbase: modules,
      bundle: false,
      external: [],
      format: "cjs",
      // `require()` at the time of the call: Node's own `import()` of CommonJS takes longer.
      supported: { "dynamic-import": false },
      // esbuild exports functions that look each name up, and others call two of them at each use. The values
      // themselves do as well, since nothing that is exported is assigned again.
      footer: { js: "module.exports = { __esModule: true, ...module.exports };" },
      outdir: "dist",
    });
  } finally {
    await rm(modules, { recursive: true });
  }
}

/**
 * Lets everything that is loaded later depend on the whole program: esbuild makes a file for each set of
 * modules that the same parts need, and would cut the program's beginning into twenty.
 */
function beginsWith(entry) {
  return {
    name: "begins-with",
    setup({ onResolve, onLoad, resolve: find }) {
      onResolve({ filter: /^\./ }, async ({ kind, path, resolveDir, importer }) => {
        if (kind !== "dynamic-import") {
          return undefined;
        }
        const found = await find(path, { kind: "import-statement", resolveDir, importer });
        return { ...found, namespace: "part" };
      });
      onLoad({ filter: /./, namespace: "part" }, ({ path }) => ({
        contents: `import ${JSON.stringify(entry)}; export * from ${JSON.stringify(path)};`,
        resolveDir: dirname(path),
      }));
    },
  };
}

/**
 * `import * as vscode` in CommonJS copies all of the editor's names, some hundred, and does so for each
 * file: that took longer than our own script. The object itself has the same names.
 */
const editorAsItIs = {
  name: "editor-as-it-is",
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/.*\.ts$/, namespace: "file" }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace(
        'import * as vscode from "vscode";',
        'const vscode = require("vscode");',
      ),
      loader: "ts",
    }));
  },
};
