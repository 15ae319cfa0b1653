/**
 * Texts that run something, or change their shape, where anybody pastes them into a command, reads
 * them as an option, or passes them through a shell without quotes. What they run makes a file `pwned`.
 */
export const hostileTexts: readonly string[] = [...commands(), ...options(), ...oddities()];

function commands(): string[] {
  const payload = "touch pwned";
  const wrapped = [
    `$(${payload})`,
    `\`${payload}\``,
    `\${x:-$(${payload})}`,
    `$((a[$(${payload})]))`,
    `<(${payload})`,
    `@(${payload})`,
    `& ${payload} &`,
    `&& ${payload}`,
    `|| ${payload}`,
    `| ${payload}`,
    `; ${payload} ;`,
    `\n${payload}\n`,
    `\r\n${payload}\r\n`,
    `> pwned`,
    `>> pwned`,
    `2> pwned`,
    `#\n${payload}`,
    `\\\n${payload}`,
    `{${payload.replace(" ", ",")}}`,
    `%COMSPEC% /c ${payload}`,
    `^& ${payload}`,
    `!${payload}!`,
  ];
  const quotes = ["", "'", '"', "'\"'", "\\", "\\'", '\\"', "EOF\n", "\u2019", "`"];
  return quotes.flatMap((quote) => wrapped.map((text) => `${quote}${text}${quote}`));
}

function options(): string[] {
  return [
    "--dangerously-skip-permissions",
    "--config=/tmp/evil.json",
    "-c touch pwned",
    "-e",
    "-n",
    "-",
    "--",
    "-- -rf",
    "@file",
    "@/etc/passwd",
    "--help",
    "--version",
    "-p --yolo",
    "/c touch pwned",
    "{promptFile}",
    "{workspace}",
    "{attemptId}",
    "{{title}}",
    "${HOPPER_TITLE}",
    "%HOPPER_TITLE%",
  ];
}

function oddities(): string[] {
  return [
    "%s%n%x %d",
    "%PATH% !PATH! $PATH ${PATH}",
    "~ ~root ~+",
    "* ? [a-z] ../*",
    "a\tb  c   d ",
    " leading and trailing ",
    "\u2018quoted\u2019 \u201cquoted\u201d",
    "\u202Eright to left\u202C",
    "zero\u200Bwidth\uFEFF",
    "\u{1f680} 名前 ünïcödé",
    "\u001b[2J\u001b]0;title\u0007",
    "\u0001\u0002\u007f",
    "<script>touch pwned</script>",
    "[x](command:workbench.action.terminal.sendSequence)",
    "$(icon) <img src=x onerror=alert(1)>",
    "\\n\\0\\x41\\u0041",
    "\\\\",
    "'",
    '"',
    "null",
    "x".repeat(100_000),
    "'".repeat(10_000),
    "\\".repeat(10_000),
  ];
}
