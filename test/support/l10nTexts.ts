import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** Where texts for the user's language are written: `t("…")` with a literal, and words`…`. */
const roots = ["src/core", "src/vscode", "webview-ui"];

/** Every text that can be translated, sorted. */
export function l10nTexts(): string[] {
  const texts = new Set<string>();
  for (const path of sourcesIn(...roots)) {
    for (const text of textsOf(path)) {
      texts.add(text);
    }
  }
  return [...texts].sort();
}

/** What the texts are kept as, for translators: each stands for itself in English. */
export function l10nBundle(): string {
  const bundle = Object.fromEntries(l10nTexts().map((text) => [text, text]));
  return `${JSON.stringify(bundle, null, 2)}\n`;
}

/** The paths of the sources in some folders. */
export function sourcesIn(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => join(folder, name)),
  );
}

export function textsOf(path: string, text = readFileSync(path, "utf8")): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === "t") {
      const [message] = node.arguments;
      if (!message || !ts.isStringLiteral(message)) {
        throw new Error(
          `${path}: t() is called with something else than a text: ${node.getText()}`,
        );
      }
      texts.push(message.text);
    } else if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === "words") {
      texts.push(messageOf(node.template));
    }
    ts.forEachChild(node, visit);
  };
  // The one place where both are defined, with what they make of their parts.
  if (path !== join("src/core/base", "words.ts")) {
    visit(source);
  }
  return texts.filter(hasWords);
}

/** As `words` makes it: with `{0}`, `{1}` … for the values. */
function messageOf(template: ts.TemplateLiteral): string {
  return ts.isNoSubstitutionTemplateLiteral(template)
    ? template.text
    : template.templateSpans.reduce(
        (message, { literal }, at) => `${message}{${at}}${literal.text}`,
        template.head.text,
      );
}

/** What only puts values together has nothing to translate. */
function hasWords(message: string): boolean {
  return /\p{L}/u.test(message.replaceAll(/\{\d+\}/g, ""));
}
