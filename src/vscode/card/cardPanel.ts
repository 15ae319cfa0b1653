import * as vscode from "vscode";
import { errorMessage } from "../../core/base/errors";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import type { CardRequest } from "../../core/protocol/card/cardMessages";
import { cleanText } from "../../core/protocol/words/cleanText";
import type { FolderQueue } from "../queues/folderQueue";
import type { Services } from "../services";
import { CardAnswers } from "./cardAnswers";
import type { CardContent } from "./cardContent";
import { CardFeed } from "./cardFeed";
import { CardPage } from "./cardPage";
import type { CardRequests } from "./cardRequests";
import { LogFollowers } from "./logFollowers";

/** One hopper card: sends what its folder's queue holds, and does what is asked for in it. */
export class CardPanel implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly logs = new LogFollowers();
  private readonly page: CardPage;
  private readonly feed: CardFeed;

  constructor(
    panel: vscode.WebviewPanel,
    private readonly queue: FolderQueue,
    content: CardContent,
    private readonly requests: CardRequests,
    private readonly services: Services,
  ) {
    const { clock, logger, configuration } = services;
    const { disposables } = this;
    this.page = disposables.add(new CardPage(panel));
    const post = this.page.post.bind(this.page);
    this.feed = disposables.add(new CardFeed({ source: content, clock, logger, post }));
    const answers = disposables.add(
      new CardAnswers({
        clock,
        logger,
        post,
        carryOut: (request) => this.carryOut(request),
        isCancellation: (error) => error instanceof vscode.CancellationError,
      }),
    );
    disposables.add(this.logs);
    disposables.add(queue.onDidChange(({ events }) => this.feed.note(events)));
    disposables.add(configuration.onDidChange(() => this.feed.refreshSoon()));
    let wasVisible = panel.visible;
    disposables.add(
      panel.onDidChangeViewState(() => {
        this.logs.setVisible(panel.visible);
        if (!panel.visible) {
          // The editor throws the page away.
          this.feed.rest();
        } else if (!wasVisible) {
          // And makes it anew.
          this.feed.sendAhead();
        }
        wasVisible = panel.visible;
      }),
    );
    disposables.add(
      this.page.listen(
        {
          ready: () => {
            // A new page follows no logs yet, whatever the one before it did.
            this.logs.dispose();
            this.feed.greet();
          },
          refresh: () => this.feed.sendAll(),
          request: (id, request) => void answers.answer(id, request),
        },
        logger,
      ),
    );
    this.feed.sendAhead();
  }

  /** Reads everything again at the next occasion: something beside the queue changed. */
  refreshSoon(): void {
    this.feed.refreshSoon();
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private async carryOut(request: CardRequest): Promise<unknown> {
    switch (request.name) {
      case "followLog":
        this.followLog(request.queueId, request.attemptId);
        return undefined;
      case "unfollowLog":
        this.logs.unfollow(request.attemptId);
        return undefined;
      case "details":
        return this.requests.handle(request);
      default:
        // What it did comes as changes; answers of the editor's own are nothing for the card.
        await this.requests.handle(request);
        return undefined;
    }
  }

  private followLog(queueId: string, attemptId: string): void {
    const isOver = (): boolean =>
      this.queue.reader?.attempt(attemptId)?.finished_at !== undefined ||
      this.queue.reader?.attempt(attemptId) === undefined;
    const end = (error: unknown): void =>
      this.page.post({ type: "logEnd", attemptId, error: cleanText(errorMessage(error)) });
    this.logs.follow(attemptId, this.requests.outputFolder(queueId, attemptId), {
      clock: this.services.clock,
      isOver,
      onBatch: (batch) => this.page.post({ type: "log", attemptId, batch }),
      onEnd: () => this.page.post({ type: "logEnd", attemptId }),
      onError: end,
    });
  }
}
