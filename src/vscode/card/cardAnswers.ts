import type { Clock } from "../../core/base/clock";
import { errorInWords, HopperError } from "../../core/base/errors";
import { type Disposable, toDisposable } from "../../core/base/lifecycle";
import type { Logger } from "../../core/base/log";
import type { CardRequest, ToCard } from "../../core/protocol/card/cardMessages";
import { cleanText } from "../../core/protocol/words/cleanText";

/** A request that takes long says so at this pace, well within the card's patience. */
const signOfLife = 3_000;

export interface CardAnswersOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly post: (message: ToCard) => void;
  /** Does what is asked for. @returns what the card is answered with. */
  readonly carryOut: (request: CardRequest) => Promise<unknown>;
  /** Whether an error only says that the user thought better of it. */
  readonly isCancellation: (error: unknown) => boolean;
}

/** Answers each request of a card once: with its result, or with why it was not done. */
export class CardAnswers implements Disposable {
  private readonly working = new Set<Disposable>();

  constructor(private readonly options: CardAnswersOptions) {}

  async answer(id: number, request: CardRequest): Promise<void> {
    const { post, carryOut } = this.options;
    const working = this.sayWorking(id);
    try {
      const result = await carryOut(request);
      post({ type: "answer", id, result });
    } catch (error) {
      post(this.refusal(id, request, error));
    } finally {
      working.dispose();
    }
  }

  dispose(): void {
    this.working.forEach((one) => one.dispose());
  }

  private refusal(id: number, request: CardRequest, error: unknown): ToCard {
    if (this.options.isCancellation(error)) {
      // That is an answer.
      return { type: "answer", id, result: undefined };
    }
    if (!(error instanceof HopperError)) {
      const { logger } = this.options;
      logger.error(`The hopper card's request "${request.name}" failed.`, error);
    }
    return { type: "refusal", id, message: cleanText(errorInWords(error)) };
  }

  private sayWorking(id: number): Disposable {
    const { clock, post } = this.options;
    let next: Disposable;
    const later = (): void => {
      next = clock.after(signOfLife, () => {
        post({ type: "working", id });
        later();
      });
    };
    later();
    const working = toDisposable(() => {
      next.dispose();
      this.working.delete(working);
    });
    this.working.add(working);
    return working;
  }
}
