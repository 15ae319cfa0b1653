/** Rows are known in the page by ids made of those of their plans and phases. */
const prefix = "row-";

/** The element id of a row's focusable element. */
export function rowElementId(id: string): string {
  return `${prefix}${id}`;
}

/** The element of a row; null where it is not drawn. */
export function rowElement(id: string): HTMLElement | null {
  return document.getElementById(rowElementId(id));
}

/** The id of the plan or phase that an element, or something in it, is the row of. */
export function rowIdAt(target: EventTarget | null): string | undefined {
  const row = target instanceof Element ? target.closest("[data-row]") : null;
  return row?.id.slice(prefix.length);
}
