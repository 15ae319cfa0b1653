import js from "@eslint/js";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** Imports go down only; each folder names what stands above it and beside it. */
const layers = [
  { target: "src/core/base", except: [] },
  { target: "src/core/protocol", except: ["base"] },
  { target: "src/core/plan", except: ["base", "protocol"] },
  { target: "src/core/runner", except: ["base", "protocol"] },
  { target: "src/core/api", except: ["base", "protocol"] },
  { target: "src/core/github", except: ["base", "protocol"] },
  { target: "src/core/queue", except: ["base", "protocol", "plan", "runner", "api", "github"] },
  {
    target: "src/core/ownership",
    except: ["base", "protocol", "plan", "runner", "api", "github", "queue"],
  },
  {
    target: "src/core/coordinator",
    except: ["base", "protocol", "plan", "runner", "api", "github", "queue"],
  },
];

const zones = [
  ...layers.map(({ target, except }) => ({
    target: `./${target}/**/*`,
    from: "./src",
    except: [`./core/${target.split("/").at(-1)}`, ...except.map((name) => `./core/${name}`)],
    message: "Imports go down only: see the layers in docs/architecture.md.",
  })),
  {
    target: "./src/core/hopper.ts",
    from: "./src",
    except: ["./core"],
    message: "The core knows no host.",
  },
  {
    target: "./src/cli/**/*",
    from: "./src/vscode",
    message: "The command line knows no editor.",
  },
];

export default tseslint.config(
  {
    ignores: [
      "dist/**",
      "node_modules/**",
      "test/fixtures/**",
      ".hopper/**",
      "examples/**",
      "phase-hopper-demo/**",
      "scratch/**",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked.map((config) => ({
    ...config,
    files: ["**/*.ts"],
  })),
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { "import-x": importX },
    settings: {
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".js"] })],
      "import-x/parsers": { "@typescript-eslint/parser": [".ts"] },
    },
    rules: {
      "no-console": "error",
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": ["error", { zones }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "no-restricted-imports": [
        "error",
        {
          paths: [
            { name: "vscode", message: "Only src/extension.ts and src/vscode know the editor." },
          ],
        },
      ],
    },
  },
  {
    files: ["src/core/**/*.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        { name: "setTimeout", message: "Take a Clock: core/base/clock.ts." },
        { name: "setInterval", message: "Take a Clock: core/base/clock.ts." },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[object.name='Date'][property.name='now']",
          message: "Take a Clock: core/base/clock.ts.",
        },
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: "Take a Clock: core/base/clock.ts.",
        },
      ],
    },
  },
  {
    files: ["src/core/base/clock.ts"],
    rules: { "no-restricted-globals": "off", "no-restricted-syntax": "off" },
  },
  {
    files: ["test/**/*.ts"],
    rules: { "no-console": "off" },
  },
  {
    files: ["**/*.mjs", "**/*.cjs"],
    languageOptions: {
      globals: {
        process: "readonly",
        require: "readonly",
        module: "writable",
        console: "readonly",
      },
    },
  },
);
