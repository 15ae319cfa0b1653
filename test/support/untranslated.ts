import { readFileSync } from "node:fs";
import ts from "typescript";
import { sourcesIn } from "./l10nTexts";

/** Texts that are the same in every language, or that nobody reads. */
const kept: ReadonlySet<string> = new Set([
  // Written into a plan, and read there again.
  "none",
  // Names of keys.
  "Home",
  "End",
  "Enter",
  "Escape",
  "Tab",
  // Parts of the card's policy and of requests.
  "style-src",
  "font-src",
  "Bearer",
  'data-texts=" "',
  // A name of an icon, with what turns it.
  "loading codicon-modifier-spin",
]);

/** These write into plans, and find again what stands there: a plan is the same in every language. */
const planWriters = /\/editor\/(?:completions|planMarks|propertyLine|quickFixes|renumber)\.ts$/;
const planText = /^(?:#*\s*Phase |depends on|manual|Runner: )/i;

/** Properties of the editor's own shapes, and attributes of the card's elements, that a user reads. */
const shownProperties: ReadonlySet<string> = new Set([
  "title",
  "label",
  "placeHolder",
  "prompt",
  "description",
  "detail",
  "tooltip",
  "message",
  "hint",
  "text",
  "effect",
  "aria-label",
  "aria-description",
  "alt",
  "placeholder",
]);
/** Calls whose texts a user reads. */
const showing = /^(?:show(?:Information|Warning|Error)Message|setStatusBarMessage)$/;
/** Errors whose texts a user reads. */
const shownErrors = /^(?:HopperError|GitHubError|InvalidPlanError)$/;
/** Calls, and other errors, whose texts only those read who look for a bug; texts that are translated. */
const unread =
  /^(?:t|words|(?:\w+\.)*logger\.\w+|.*\.(?:querySelector|querySelectorAll|closest)|Error|TypeError|log\.\w+)$/;

/** "file:line: text" of every text that a user would read in English, whatever language was chosen. */
export function untranslated(): string[] {
  return [
    ...sourcesIn("src/vscode", "webview-ui").flatMap((path) => untranslatedIn(path)),
    ...sourcesIn("src/core").flatMap((path) => untranslatedIn(path, undefined, "errors")),
  ].sort();
}

/**
 * @param where in the editor and on the card every sentence is shown; of the core, whose texts are also
 * stored, logged and sent, its errors are.
 */
export function untranslatedIn(
  path: string,
  text = readFileSync(path, "utf8"),
  where: "everything" | "errors" = "everything",
): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found = new Set<ts.Node>();
  const visit = (node: ts.Node): void => {
    for (const shown of shownIn(node, where)) {
      textsIn(shown)
        .filter(isWords)
        .forEach((one) => found.add(one));
    }
    if (where === "everything" && isSentence(node)) {
      found.add(node);
    }
    if (!isUnread(node)) {
      ts.forEachChild(node, visit);
    }
  };
  visit(source);
  const shown = [...found].filter(
    (node) => !(planWriters.test(path) && planText.test(partsOf(node).join(" ").trimStart())),
  );
  return shown.map((node) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    return `${path}:${line + 1}: ${node.getText().trim()}`;
  });
}

/** The expressions that a node shows to the user. */
function shownIn(node: ts.Node, where: "everything" | "errors"): readonly ts.Expression[] {
  if (ts.isNewExpression(node) && shownErrors.test(node.expression.getText())) {
    // Before the text stands its kind, where there is one.
    return (node.arguments ?? []).slice(node.expression.getText() === "InvalidPlanError" ? 0 : 1);
  }
  if (where === "errors") {
    return [];
  }
  if (ts.isCallExpression(node) && showing.test(nameOfCall(node))) {
    // Behind the options come the buttons.
    return node.arguments.filter((argument) => !ts.isObjectLiteralExpression(argument));
  }
  if (ts.isPropertyAssignment(node) && shownProperties.has(node.name.getText())) {
    return [node.initializer];
  }
  if (ts.isJsxAttribute(node) && shownProperties.has(node.name.getText())) {
    const { initializer } = node;
    const shown =
      initializer && ts.isJsxExpression(initializer) ? initializer.expression : initializer;
    return shown && !ts.isJsxElement(shown) && ts.isExpression(shown) ? [shown] : [];
  }
  return ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent) && node.expression
    ? [node.expression]
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
    const isChoice = [
      ts.SyntaxKind.QuestionQuestionToken,
      ts.SyntaxKind.AmpersandAmpersandToken,
    ].includes(node.operatorToken.kind);
    const isJoint = node.operatorToken.kind === ts.SyntaxKind.PlusToken;
    return [
      ...(isJoint ? textsIn(node.left) : []),
      ...(isJoint || isChoice ? textsIn(node.right) : []),
    ];
  }
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) {
    return textsIn(node.body);
  }
  return ts.isParenthesizedExpression(node) ? textsIn(node.expression) : [];
}

/** Words beside each other, or any text of the card's elements: no code reads like that. */
function isSentence(node: ts.Node): boolean {
  if (ts.isJsxText(node)) {
    return /\p{L}{2}/u.test(node.text.replaceAll("Phase Hopper", ""));
  }
  const isText = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
  return (
    isText &&
    partsOf(node).some((part) => /\p{L}{2}[,:;.]? \p{L}|^ \p{L}{2}|\p{L}{2} $/u.test(part)) &&
    isWords(node)
  );
}

/** What stands in there is code, or is not for users. */
function isUnread(node: ts.Node): boolean {
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    return unread.test(node.expression.getText());
  }
  if (ts.isTaggedTemplateExpression(node)) {
    return unread.test(node.tag.getText());
  }
  if (ts.isJsxAttribute(node)) {
    const isEvent = /^on[A-Z]/.test(node.name.getText());
    return !isEvent && !shownProperties.has(node.name.getText());
  }
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    return [
      ts.SyntaxKind.EqualsEqualsEqualsToken,
      ts.SyntaxKind.ExclamationEqualsEqualsToken,
    ].includes(kind);
  }
  return ts.isImportDeclaration(node) || ts.isTypeNode(node) || ts.isRegularExpressionLiteral(node);
}

/** Icons, numbers and the product's name are the same in every language. */
function isWords(node: ts.Expression): boolean {
  const words = partsOf(node)
    .join(" ")
    .replaceAll(/\$\([^)]*\)|\$\(|Phase Hopper/g, " ");
  return /\p{L}{2}/u.test(words) && !kept.has(words.trim()) && !words.trimStart().startsWith("<");
}

function partsOf(node: ts.Node): string[] {
  if (ts.isTemplateExpression(node)) {
    return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
  }
  return ts.isStringLiteralLike(node) ? [node.text] : [];
}
