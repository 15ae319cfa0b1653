/** "Phase 2", "Phases 2 and 3", "Phases 2, 3, 4 and 8 more". */
export function phaseList(numbers: readonly (number | string)[]): string {
  const most = 4;
  const shown = numbers.slice(0, numbers.length > most ? most - 1 : most).map(String);
  const more = numbers.length - shown.length;
  const last = more > 0 ? `${more} more` : (shown.pop() ?? "");
  const noun = numbers.length === 1 ? "Phase" : "Phases";
  return shown.length === 0 ? `${noun} ${last}` : `${noun} ${shown.join(", ")} and ${last}`;
}
