/** Hides what looks like one of GitHub's tokens: programs print them, and what they print is passed on. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(/\b(gh[opsur]_|github_pat_)\w+/g, "$1…");
}
