import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** Imports go down only: what each folder of the core may import beside itself. */
const below = {
  base: [],
  protocol: ["base"],
  plan: ["base", "protocol"],
  runner: ["base", "protocol"],
  api: ["base", "protocol"],
  github: ["base", "protocol"],
  queue: ["base", "protocol", "plan", "runner", "api", "github"],
  ownership: ["base", "protocol", "plan", "runner", "api", "queue"],
  coordinator: ["base", "protocol", "plan", "runner", "api", "queue"],
};

const editor = { name: "vscode", message: "Only src/extension.ts and src/vscode know the editor." };

const layers = Object.entries(below).map(([folder, allowed]) => ({
  files: [`src/core/${folder}/**/*.ts`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        paths: [editor],
        patterns: [
          {
            group: [
              "../../*",
              "!../../base",
              "../hopper",
              ...Object.keys(below)
                .filter((other) => other !== folder && !allowed.includes(other))
                .map((other) => `../${other}/*`),
            ],
            message: "Imports go down only: see the rooms in docs/architecture.md.",
          },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  {
    ignores: [
      "dist/**",
      "node_modules/**",
      "test/fixtures/**",
      "test/out/**",
      ".hopper/**",
      "examples/**",
      "phase-hopper-demo/**",
      "scratch/**",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked.map((config) => ({
    ...config,
    files: ["**/*.ts", "**/*.tsx"],
  })),
  {
    files: ["**/*.ts", "**/*.tsx"],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "no-console": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "no-restricted-imports": ["error", { paths: [editor] }],
    },
  },
  ...layers,
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
    // Core's words only, and of those the ones that a browser can run.
    files: ["webview-ui/**/*.ts", "webview-ui/**/*.tsx"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: [editor, { name: "zod", message: "The card is small: zod/mini." }],
          patterns: [
            {
              regex: "src/(?!core/protocol/|core/base/words$)",
              message: "The card knows the protocol and its words only: src/core/protocol.",
            },
            { group: ["node:*"], message: "The card runs in a browser." },
          ],
        },
      ],
    },
  },
  {
    files: [
      "src/extension.ts",
      "src/vscode/**/*.ts",
      "test/vscode/**/*.ts",
      "test/bench/vscode/**/*.ts",
      "test/support/vscode/signIn/extension.ts",
    ],
    rules: { "no-restricted-imports": "off" },
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
