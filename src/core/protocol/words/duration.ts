/** A duration as people read it: "0.4s", "12s", "3m 05s", "2h 10m". */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)}s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole}s`;
  }
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}m ${two(whole % 60)}s`
    : `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
}

/** Seconds as people write them: "1h 30m", "45m", "10s". */
export function inWords(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor((seconds % 3600) / 60), "m"],
    [seconds % 60, "s"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`);
  return said.length === 0 ? "0s" : said.join(" ");
}

/** Between two times as they are stored; undefined where one is missing. */
export function durationBetween(
  from: string | undefined,
  to: string | undefined,
): string | undefined {
  return from === undefined || to === undefined
    ? undefined
    : duration(Date.parse(to) - Date.parse(from));
}

/** A stored time on the reader's own clock: "2026-03-01 10:02:07". */
export function localTime(iso: string): string {
  const time = new Date(iso);
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
