import type { MenuRequest } from "./Menu";

/** Where a menu opens. */
export type Place = Pick<MenuRequest, "x" | "y">;

/** Where a context menu opens: at the pointer or, by a key, at what has the focus. */
export function placeOf(event: MouseEvent): Place {
  const isByKey = event.button !== 2;
  return isByKey ? placeBelow(event) : { x: event.clientX, y: event.clientY };
}

/** Below what an event is of. */
export function placeBelow({ target }: Event): Place {
  const box = target instanceof Element ? target.getBoundingClientRect() : undefined;
  return { x: (box?.left ?? 0) + 8, y: Math.min(box?.bottom ?? 0, (box?.top ?? 0) + 32) };
}

/** Shift+F10; the menu key itself comes as a `contextmenu` event. */
export function isMenuKey({ key, shiftKey }: KeyboardEvent): boolean {
  return key === "F10" && shiftKey;
}
