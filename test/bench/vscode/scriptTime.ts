import Module from "node:module";
import * as z from "zod";

/** Node's own, by which VS Code loads an extension as well; its types leave it out. */
interface Loader {
  _load: (request: string, ...rest: readonly unknown[]) => unknown;
}
const loaderSchema = z.custom<Loader>((value) => typeof value === "function" && "_load" in value);

type Usage = () => { readonly user: number; readonly system: number };
const usageSchema = z.custom<Usage>((value) => typeof value === "function", {
  error: "Node tells a thread's own time since 23.9: measure in an extension host that has it.",
});

const programSchema = z.object({
  activate: z.custom<(...args: readonly unknown[]) => unknown>(
    (value) => typeof value === "function",
  ),
  deactivate: z.unknown(),
});

/** Milliseconds that an extension's own script has taken: loading it, and its `activate()`. */
export interface ScriptTime {
  /** By the clock: with what other threads and processes kept the processor from it. */
  wall: number;
  /** The processor's, on the thread that runs the script. */
  processor: number;
}

/** Adds up the time of the two calls by which VS Code runs an extension, and of nothing between them. */
export function watchScript(main: string): ScriptTime {
  const script: ScriptTime = { wall: 0, processor: 0 };
  // Found beforehand: looking for it takes longer than some of what is measured.
  const usage = usageSchema.parse(Reflect.get(process, "threadCpuUsage"));
  const threadTime = (): number => {
    const { user, system } = usage();
    return (user + system) / 1000;
  };
  const watched = <T>(work: () => T): T => {
    const begun = performance.now();
    const used = threadTime();
    try {
      return work();
    } finally {
      script.processor += threadTime() - used;
      script.wall += performance.now() - begun;
    }
  };
  const loader = loaderSchema.parse(Module);
  const load = loader._load;
  loader._load = (request, ...rest) => {
    if (request !== main) {
      return load(request, ...rest);
    }
    loader._load = load;
    const program = watched(() => load(request, ...rest));
    const { activate, deactivate } = programSchema.parse(program);
    return { activate: (...args: unknown[]) => watched(() => activate(...args)), deactivate };
  };
  return script;
}
