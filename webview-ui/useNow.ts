import { useEffect, useState } from "preact/hooks";
import { useCard } from "./context";

/** The time, each second while `isRunning`, else each ten: enough for everything that is shown. */
export function useNow(isRunning: boolean): number {
  const { store } = useCard();
  const [now, setNow] = useState(() => store.now);
  useEffect(() => {
    const tick = (): void => setNow(store.now);
    tick();
    const timer = setInterval(tick, isRunning ? 1000 : 10_000);
    return () => clearInterval(timer);
  }, [store, isRunning]);
  return now;
}
