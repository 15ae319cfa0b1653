import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { CardStore } from "./cardStore";
import type { Link } from "./link";
import type { MenuRequest } from "./parts/Menu";

/** What parts of the card use of the whole; the same object as long as the page lives. */
export interface CardContext {
  readonly store: CardStore;
  readonly link: Link;
  readonly openMenu: (menu: MenuRequest) => void;
}

const context = createContext<CardContext | undefined>(undefined);
export const CardProvider = context.Provider;

export function useCard(): CardContext {
  const card = useContext(context);
  if (!card) {
    throw new Error("This part is drawn outside of a card.");
  }
  return card;
}
