import { joined, said, type Words, words } from "../../base/words";

/** "Phase 2", "Phases 2 and 3", "Phases 2, 3, 4 and 8 more", in the user's language. */
export function phaseList(numbers: readonly (number | string)[]): string {
  return said(phaseListWords(numbers));
}

/** As {@link phaseList}, for what is stored or sent. */
export function phaseListWords(numbers: readonly (number | string)[]): Words {
  if (numbers.length < 2) {
    return words`Phase ${String(numbers[0] ?? "")}`;
  }
  const most = 4;
  const shown = numbers.slice(0, numbers.length > most ? most - 1 : most).map(String);
  const more = numbers.length - shown.length;
  const last = more > 0 ? words`${more} more` : (shown.pop() ?? "");
  return words`Phases ${joined(shown, ", ")} and ${last}`;
}
