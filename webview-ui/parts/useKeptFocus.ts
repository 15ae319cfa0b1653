import { type RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { rowElement } from "./rowElement";

/**
 * When the row that has the focus goes away, its place's next row gets it and, with the last one, the
 * tab above: not the page. Never is it taken from elsewhere, another part of the editor least of all.
 */
export function useKeptFocus(
  list: RefObject<HTMLElement | null>,
  current: string | undefined,
): void {
  const had = useRef(false);
  useEffect(() => {
    const { current: element } = list;
    if (!element) {
      return undefined;
    }
    const note = (): void => {
      had.current = true;
    };
    const lost = ({ target, relatedTarget }: FocusEvent): void => {
      if (relatedTarget !== null) {
        had.current = element.contains(document.activeElement);
        return;
      }
      // Whether it was pressed away or removed is known once whoever did it is through with it.
      queueMicrotask(() => {
        const isRemoved = target instanceof Node && !target.isConnected;
        had.current = isRemoved || document.activeElement === target;
      });
    };
    element.addEventListener("focusin", note);
    element.addEventListener("focusout", lost);
    return () => {
      element.removeEventListener("focusin", note);
      element.removeEventListener("focusout", lost);
    };
  }, [list]);
  useLayoutEffect(() => {
    const isLost = had.current && document.activeElement === document.body;
    if (isLost && document.hasFocus() && current !== undefined) {
      rowElement(current)?.focus({ preventScroll: true });
    }
  });
  useLayoutEffect(() => {
    const { current: element } = list;
    return () => {
      // It is about to be removed, and what takes its place has nothing to focus.
      if (element?.contains(document.activeElement) === true && document.hasFocus()) {
        document.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus();
      }
    };
  }, [list]);
}
