/** A value put into a text. */
export type Insert = string | number;
export type Translate = (message: string, ...inserts: Insert[]) => string;

let translate: Translate = fill;

/**
 * The text for the user's language. `{0}`, `{1}` … stand for the values. Messages are literals, so that
 * a test finds all of them and compares them with l10n/bundle.l10n.json.
 *
 * The editor's own function is put in at the start: rows and other parts that know no editor speak
 * through this one.
 */
export function t(message: string, ...inserts: Insert[]): string {
  return translate(message, ...inserts);
}

/** Takes texts from the editor from now on. */
export function translateWith(editorsOwn: Translate): void {
  translate = editorsOwn;
}

function fill(message: string, ...inserts: Insert[]): string {
  return message.replaceAll(/\{(\d+)\}/g, (hole, index: string) =>
    String(inserts[Number(index)] ?? hole),
  );
}
