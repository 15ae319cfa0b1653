/** Texts of the extension, from where the core and the card have theirs. */
export { said, t, translateWith } from "../core/base/words";
