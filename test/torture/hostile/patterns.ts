import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** A regular expression as it stands in the source. */
export interface Pattern {
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

/** What the source's files hold. */
export interface Patterns {
  readonly patterns: readonly Pattern[];
  /** Places where one is made of what only a run tells. */
  readonly unknown: readonly string[];
}

/** Every regular expression in the files of some folders: literals, and those made of fixed texts. */
export function patternsIn(...folders: readonly string[]): Patterns {
  const patterns: Pattern[] = [];
  const unknown: string[] = [];
  for (const path of folders.flatMap(sourcesIn)) {
    const file = ts.createSourceFile(
      path,
      readFileSync(path, "utf8"),
      ts.ScriptTarget.Latest,
      true,
    );
    const visit = (node: ts.Node): void => {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      const place = `${path}:${line + 1}`;
      if (ts.isRegularExpressionLiteral(node)) {
        const end = node.text.lastIndexOf("/");
        patterns.push({
          place,
          source: node.text.slice(1, end),
          flags: node.text.slice(end + 1),
        });
      } else if (ts.isNewExpression(node) && node.expression.getText(file) === "RegExp") {
        const [source, flags] = (node.arguments ?? []).map((argument) => textOf(argument, file));
        if (source === undefined) {
          unknown.push(place);
        } else {
          patterns.push({ place, source, flags: flags ?? "" });
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return { patterns, unknown };
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}

/** A text that stands in the source: as it is, raw, or under a name in the same file. */
function textOf(node: ts.Expression, file: ts.SourceFile): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
    return node.text;
  }
  if (ts.isTaggedTemplateExpression(node) && ts.isNoSubstitutionTemplateLiteral(node.template)) {
    return node.template.rawText;
  }
  if (ts.isIdentifier(node)) {
    const named = file.statements
      .filter((statement) => ts.isVariableStatement(statement))
      .flatMap(({ declarationList }) => [...declarationList.declarations])
      .find(({ name }) => name.getText(file) === node.text);
    return named?.initializer && textOf(named.initializer, file);
  }
  return undefined;
}
