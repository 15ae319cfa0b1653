const secondsPer = new Map([
  ...["d", "day", "days"].map((unit) => [unit, 86_400] as const),
  ...["h", "hr", "hrs", "hour", "hours"].map((unit) => [unit, 3_600] as const),
  ...["m", "min", "mins", "minute", "minutes"].map((unit) => [unit, 60] as const),
  ...["s", "sec", "secs", "second", "seconds"].map((unit) => [unit, 1] as const),
]);

/** Timers fire at once when asked for more than 24.8 days. */
const maxSeconds = 24 * 86_400;

const part = /\s*(\d{1,9})\s*([a-z]+)/y;

/**
 * Seconds of `45m`, `90s` or `1h 30m`; 0 for `0` and `none`. Undefined for anything else, a number
 * without a unit among it: nobody can tell whether its author meant minutes or seconds.
 */
export function parseDuration(text: string): number | undefined {
  const value = text.trim().toLowerCase();
  if (value === "none" || value === "0") {
    return 0;
  }
  let seconds = 0;
  let smallest = Number.POSITIVE_INFINITY;
  part.lastIndex = 0;
  while (part.lastIndex < value.length) {
    const match = part.exec(value);
    const unit = secondsPer.get(match?.[2] ?? "");
    if (unit === undefined || unit >= smallest) {
      return undefined;
    }
    smallest = unit;
    seconds += Number(match?.[1]) * unit;
  }
  return value !== "" && seconds <= maxSeconds ? seconds : undefined;
}
