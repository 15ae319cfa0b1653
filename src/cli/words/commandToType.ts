import { shellWords } from "../../core/protocol/words/names";
import type { Context } from "../context";
import { type Definition, definitions } from "../definitions";
import { type OptionName, options } from "../options";

/** Options that say where the queue is and how its phases are run: the next command needs them, too. */
const lasting: readonly OptionName[] = [
  "dir",
  "config",
  "maxConcurrent",
  "workflowHistory",
  "keep",
];

/**
 * A command line for a person to type next, quoted for a shell: with the options that were given to
 * this one, as far as that command knows them, so that it is about the same queue.
 */
export function commandToType(
  { options: given }: Pick<Context, "options">,
  name: keyof typeof definitions,
  ...args: readonly string[]
): string {
  const definition: Definition = definitions[name];
  const repeated = lasting
    .filter((option) => option === "dir" || definition.options.includes(option))
    .flatMap((option) => {
      const long = options[option].long ?? "";
      const value = given.text(option) ?? given.number(option)?.toString();
      if (value !== undefined) {
        return [long, value];
      }
      return given.flag(option) ? [long] : [];
    });
  return shellWords(["phase-hopper", ...definition.name.split(" "), ...args, ...repeated]);
}
