import { randomBytes } from "node:crypto";

/** Where a card's page gets what it consists of. */
export interface CardResources {
  /** What a policy calls the webview's own files. */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
  /** Texts in the user's language by their English ones; nothing in English. */
  readonly texts?: Readonly<Record<string, string>> | undefined;
}

/**
 * The page of a card: a frame without any data, which comes in messages. Nothing runs or is loaded but
 * what we built.
 */
export function cardDocument({ cspSource, script, style, texts }: CardResources): string {
  const nonce = randomBytes(24).toString("base64url");
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  // An attribute, since scripts in the page are forbidden; in a message they would come after the first paint.
  const given = texts === undefined ? "" : ` data-texts="${escaped(JSON.stringify(texts))}"`;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Phase Hopper</title>
    <link rel="stylesheet" href="${style}" />
  </head>
  <body>
    <div id="card"${given}></div>
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
