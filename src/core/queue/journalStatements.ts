import { migrations } from "./migrations";

/**
 * The statements that a journal may hold: the migrations, word for word, and changes of rows that look
 * at no other row.
 *
 * A journal comes with its folder, and its checksums are no secret: anybody can write a line that reads
 * as one of ours. So a statement is taken only if it can be said in the few words below. Such a one begins
 * and ends no transaction, defines nothing, sets nothing, attaches nothing, and works no longer than
 * its table is long. What we write is held to the same words, so that nothing is written that could not
 * be read again.
 */
export class JournalStatements {
  /** A journal repeats a few texts thousands of times. */
  private readonly taken = new Set<string>();

  takes(sql: string): boolean {
    if (this.taken.has(sql)) {
      return true;
    }
    const takes = migrationTexts.has(sql) || changesRows(sql);
    if (takes) {
      this.taken.add(sql);
    }
    return takes;
  }
}

const migrationTexts: ReadonlySet<string> = new Set([
  ...migrations.flat(),
  ...migrations.map((_, index) => `PRAGMA user_version = ${index + 1}`),
]);

/** One INSERT, UPDATE or DELETE on a table of ours. */
function changesRows(sql: string): boolean {
  const [, table = "", rest = ""] =
    /^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+([a-z_]+)\b(.*)$/s.exec(sql) ?? [];
  return tables.has(table) && wordsOf(rest)?.every((word) => words.has(word)) === true;
}

/**
 * The words outside of texts; undefined where something stands between them that we do not write: a
 * semicolon, a comment (in which a quotation mark would begin no text), a quoted name.
 */
function wordsOf(sql: string): readonly string[] | undefined {
  const found: string[] = [];
  const part = /\s+|'(?:[^']|'')*'|\?\d*|\d+|[(),.=<>+*]|-(?!-)|([a-z_]\w*)/iy;
  while (part.lastIndex < sql.length) {
    const match = part.exec(sql);
    if (!match) {
      return undefined;
    }
    if (match[1] !== undefined) {
      found.push(match[1]);
    }
  }
  return found;
}

const definitions = migrations.flat().join("\n");

const tables = new Set(namesIn(/CREATE TABLE (\w+)/g));

/** No table is among them, so that none but the statement's own can be looked at. */
const words: ReadonlySet<string> = new Set([
  ...namesIn(/(?:^ +|ADD COLUMN )(\w+) (?:TEXT|INTEGER)\b/gm),
  ...["VALUES", "ON", "CONFLICT", "DO", "UPDATE", "SET", "excluded", "WHERE"],
  ...["AND", "OR", "NOT", "IN", "IS", "NULL", "CASE", "WHEN", "THEN", "ELSE", "END"],
  ...["CAST", "AS", "TEXT", "coalesce", "iif", "json", "json_set"],
]);

function namesIn(pattern: RegExp): string[] {
  return [...definitions.matchAll(pattern)].map(([, name = ""]) => name);
}
