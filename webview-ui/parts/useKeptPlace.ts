import { type RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { CardPlace } from "../../src/core/protocol/card/cardMessages";
import type { Memory } from "../memory";
import { rowElement, rowIdAt } from "./rowElement";

const top: CardPlace = { row: "", offset: 0 };

function isAtTop({ row, offset }: CardPlace): boolean {
  return row === "" && offset === 0;
}

/** Pixels by which places may differ and be the same. */
const rounding = 1;

/** What ends the holding of a place: the reader moves, or is about to. */
const moves = ["wheel", "pointerdown", "keydown", "touchmove"] as const;

/**
 * Where a list stands survives a reload of the page. What is in it comes bit by bit, so its place is
 * taken up again whenever its height changes, until the reader moves: or somebody else scrolls, such as
 * the editor to what it found.
 */
export function useKeptPlace(
  scroller: RefObject<HTMLElement | null>,
  memory: Memory,
  isShown: boolean,
): void {
  const isHeld = useRef(false);
  useLayoutEffect(() => {
    const { current } = scroller;
    // Once: after that the reader scrolls, and another tab begins at its top.
    return current && isShown ? hold(current, memory.value.place, isHeld) : undefined;
  }, []);
  useEffect(() => {
    const { current } = scroller;
    if (!current || !isShown) {
      return undefined;
    }
    const keep = (): void => {
      if (!isHeld.current) {
        memory.keep({ place: placeOf(current) });
      }
    };
    current.addEventListener("scrollend", keep);
    return () => {
      current.removeEventListener("scrollend", keep);
      isHeld.current = false;
      memory.keep({ place: top });
    };
  }, [scroller, isShown, memory]);
}

function hold(scroller: HTMLElement, place: CardPlace, isHeld: { current: boolean }): () => void {
  let ours = 0;
  const goThere = (): void => {
    goTo(scroller, place);
    ours = scroller.scrollTop;
  };
  const observer = new ResizeObserver(goThere);
  const release = (): void => {
    isHeld.current = false;
    observer.disconnect();
    scroller.style.overflowAnchor = "";
    scroller.removeEventListener("scroll", yieldToOthers);
    moves.forEach((move) => removeEventListener(move, release, true));
  };
  const yieldToOthers = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = scroller;
    // What became shorter has moved by itself, up to its end.
    const isCut = scrollTop < ours && scrollTop + clientHeight >= scrollHeight - rounding;
    if (Math.abs(scrollTop - ours) > rounding && !isCut) {
      release();
    }
  };
  if (isAtTop(place)) {
    return release;
  }
  isHeld.current = true;
  // One alone keeps the place, the browser or we.
  scroller.style.overflowAnchor = "none";
  goThere();
  [scroller, ...scroller.children].forEach((one) => observer.observe(one));
  scroller.addEventListener("scroll", yieldToOthers);
  moves.forEach((move) => addEventListener(move, release, { capture: true, passive: true }));
  return release;
}

function goTo(scroller: HTMLElement, { row, offset }: CardPlace): void {
  const element = row === "" ? undefined : rowElement(row);
  if (element === undefined) {
    scroller.scrollTop = -offset;
  } else if (element) {
    scroller.scrollTop += topOf(element, scroller) - offset;
  }
}

/** The first row that begins in sight, and how far below the upper edge. */
function placeOf(scroller: HTMLElement): CardPlace {
  if (scroller.scrollTop === 0) {
    return top;
  }
  const rows = [...scroller.querySelectorAll<HTMLElement>("[data-row]")];
  const inSight = rows.find((row) => topOf(row, scroller) >= 0 && isPhase(row));
  const id = inSight && rowIdAt(inSight);
  return inSight && id !== undefined
    ? { row: id, offset: topOf(inSight, scroller) }
    : { row: "", offset: -scroller.scrollTop };
}

/** Headings of plans stay at the edge while their phases pass by. */
function isPhase(row: HTMLElement): boolean {
  return row.getAttribute("role") === "listitem";
}

function topOf(element: HTMLElement, scroller: HTMLElement): number {
  return element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
}
