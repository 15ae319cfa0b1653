import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** Where texts for the user's language are written: `t("…")` with a literal. */
const root = "src/vscode";

/** Every text of the extension that can be translated, sorted. */
export function l10nTexts(): string[] {
  const texts = new Set<string>();
  for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".ts")) {
      for (const text of textsOf(join(root, name))) {
        texts.add(text);
      }
    }
  }
  return [...texts].sort();
}

/** What the texts are kept as, for translators: each stands for itself in English. */
export function l10nBundle(): string {
  const bundle = Object.fromEntries(l10nTexts().map((text) => [text, text]));
  return `${JSON.stringify(bundle, null, 2)}\n`;
}

function textsOf(path: string): string[] {
  const source = ts.createSourceFile(
    path,
    readFileSync(path, "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isCallExpression(node) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === "t"
    ) {
      const [text] = node.arguments;
      if (!text || !ts.isStringLiteral(text)) {
        throw new Error(
          `${path}: t() is called with something else than a text: ${node.getText()}`,
        );
      }
      texts.push(text.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}
