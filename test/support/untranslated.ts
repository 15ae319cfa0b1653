import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const root = "src/vscode";

/** What is written into a plan, and means the same in every language. */
const planWords: ReadonlySet<string> = new Set(["none"]);

/** Properties of the editor's own shapes that a user reads. */
const shownProperties: ReadonlySet<string> = new Set([
  "title",
  "label",
  "placeHolder",
  "prompt",
  "description",
  "detail",
  "tooltip",
  "message",
]);
/** Calls whose texts a user reads. */
const showing = /^(?:show(?:Information|Warning|Error)Message|setStatusBarMessage)$/;

/** "file:line: text" of every text that a user would read in English, whatever language was chosen. */
export function untranslated(): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => untranslatedIn(join(root, name)))
    .sort();
}

export function untranslatedIn(path: string, text = readFileSync(path, "utf8")): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const report = (node: ts.Node): void => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${path}:${line + 1}: ${node.getText()}`);
  };
  const visit = (node: ts.Node): void => {
    for (const shown of shownIn(node)) {
      textsIn(shown).filter(isWords).forEach(report);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The expressions that a node shows to the user. */
function shownIn(node: ts.Node): readonly ts.Expression[] {
  if (ts.isCallExpression(node) && showing.test(nameOfCall(node))) {
    // Behind the options come the buttons.
    return node.arguments.filter((argument) => !ts.isObjectLiteralExpression(argument));
  }
  if (ts.isPropertyAssignment(node) && shownProperties.has(node.name.getText())) {
    return [node.initializer];
  }
  return ts.isNewExpression(node) && node.expression.getText() === "HopperError"
    ? (node.arguments ?? []).slice(1, 2)
    : [];
}

function nameOfCall({ expression }: ts.CallExpression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

/** The literals of an expression itself: none in what it calls. */
function textsIn(node: ts.Expression): ts.Expression[] {
  if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
    return [node];
  }
  if (ts.isConditionalExpression(node)) {
    return [...textsIn(node.whenTrue), ...textsIn(node.whenFalse)];
  }
  if (ts.isBinaryExpression(node)) {
    const isChoice = node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken;
    return [...(isChoice ? [] : textsIn(node.left)), ...textsIn(node.right)];
  }
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) {
    return textsIn(node.body);
  }
  return ts.isParenthesizedExpression(node) ? textsIn(node.expression) : [];
}

/** Icons, numbers and the product's name are the same in every language. */
function isWords(node: ts.Expression): boolean {
  const parts = ts.isTemplateExpression(node)
    ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)]
    : ts.isStringLiteralLike(node)
      ? [node.text]
      : [];
  const words = parts.join(" ").replaceAll(/\$\([^)]*\)|\$\(|Phase Hopper/g, " ");
  return /\p{L}{2}/u.test(words) && !planWords.has(words);
}
