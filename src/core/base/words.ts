/**
 * What is said to people, in one language or another. English is what is stored, logged, printed by the
 * command line and answered by the API; an editor says the same in its user's language.
 */

/** A text with its values apart: `{0}`, `{1}` … in `message` stand for them, as in VS Code's bundles. */
export interface Words {
  readonly message: string;
  readonly inserts: readonly Insert[];
}

/** A value put into a text. */
export type Insert = string | number | Words;

/** Words of ours, or a text that is the same in every language: a name, what a program said. */
export type Text = string | Words;

export type Translate = (message: string, ...inserts: (string | number)[]) => string;

let translate: Translate = fill;

/** Takes texts from the editor from now on. */
export function translateWith(editorsOwn: Translate): void {
  translate = editorsOwn;
}

/**
 * The text for the reader, at once: for what is shown and not kept. Messages are literals, so that a test
 * finds all of them and compares them with l10n/bundle.l10n.json.
 */
export function t(message: string, ...inserts: Insert[]): string {
  return translate(message, ...inserts.map((insert) => inLanguage(insert, translate)));
}

/** A text to be said later, or in more than one language: words`Phase ${2} is running.` */
export function words(parts: TemplateStringsArray, ...inserts: Insert[]): Words {
  return { message: parts.reduce((text, part, at) => `${text}{${at - 1}}${part}`), inserts };
}

/** A text as it is stored, logged and sent to other programs. */
export function english(text: Text): string {
  return String(inLanguage(text, fill));
}

/** A text in the language of whoever reads the screen. */
export function said(text: Text): string {
  return String(inLanguage(text, translate));
}

function inLanguage(text: Insert, language: Translate): string | number {
  return typeof text === "object"
    ? language(text.message, ...text.inserts.map((insert) => inLanguage(insert, language)))
    : text;
}

/** Puts values into a text where they stand. */
export function fill(message: string, ...inserts: (string | number)[]): string {
  const parts = takenApart(message);
  let filled = parts[0] ?? "";
  for (let at = 1; at < parts.length; at += 2) {
    const index = parts[at] ?? "";
    filled += `${inserts[Number(index)] ?? `{${index}}`}${parts[at + 1] ?? ""}`;
  }
  return filled;
}

/** Messages are literals, and a list says the same one for each of its phases. */
const apart = new Map<string, readonly string[]>();

/** A message's texts and, between them, the numbers of its values. */
function takenApart(message: string): readonly string[] {
  let parts = apart.get(message);
  if (!parts) {
    parts = message.split(/\{(\d+)\}/);
    apart.set(message, parts);
  }
  return parts;
}

/** Several texts as one, with something between them that is the same in every language. */
export function joined(texts: readonly Text[], separator: string): Words {
  return { message: texts.map((_, at) => `{${at}}`).join(separator), inserts: texts };
}
