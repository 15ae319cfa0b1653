import { type CardMemory, cardMemorySchema } from "../src/core/protocol/card/cardMessages";
import type { VsCodeApi } from "./vscodeApi";

const blank: CardMemory = {
  folder: "",
  tab: "inProgress",
  expanded: [],
  collapsed: [],
  place: { row: "", offset: 0 },
};

/** What the card looked like, kept by the editor while the page is hidden and over reloads. */
export class Memory {
  private current: CardMemory;

  constructor(private readonly api: Pick<VsCodeApi, "getState" | "setState">) {
    const { data } = cardMemorySchema.safeParse(api.getState());
    this.current = data ?? blank;
  }

  get value(): CardMemory {
    return this.current;
  }

  /** Keeps these from now on, and what they do not name as it was. */
  keep(change: Partial<CardMemory>): void {
    this.current = { ...this.current, ...change };
    this.api.setState(this.current);
  }
}
