import { cleanText } from "../core/protocol/words/cleanText";

/*
 * The editor finds links, commands among them, and icons in texts that are shown in some places. What
 * comes from plans and programs shall be text there and nothing else.
 */

/** For a notification: `[text](command:…)` in it would be a link that runs the command. */
export function asMessage(text: string): string {
  return cleanText(text).replaceAll("](", "] (");
}

/** For a row to pick, a terminal's name and the status bar: `$(name)` in it would be an icon. */
export function asLabel(text: string): string {
  return cleanText(text).replaceAll("$(", String.raw`\$(`);
}
