import * as vscode from "vscode";
import { HopperError } from "../../core/base/errors";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import type { CardRequest } from "../../core/protocol/card/cardMessages";
import type { CardQueue } from "../../core/protocol/card/cardState";
import type { Services } from "../services";
import { CardAnswers } from "./cardAnswers";
import { CardFeed, type CardSource } from "./cardFeed";
import { CardPage } from "./cardPage";
import { t } from "../l10n";

/** The card of a window without a folder: it says so, and offers to open one. */
export function followFolderless(
  panel: vscode.WebviewPanel,
  { clock, logger }: Services,
): Disposable {
  const disposables = new DisposableStore();
  const page = disposables.add(new CardPage(panel));
  const post = page.post.bind(page);
  const feed = disposables.add(new CardFeed({ source: noFolder, clock, logger, post }));
  const answers = disposables.add(
    new CardAnswers({
      clock,
      logger,
      post,
      carryOut: openFolder,
      isCancellation: (error) => error instanceof vscode.CancellationError,
    }),
  );
  disposables.add(
    page.listen(
      {
        ready: () => feed.sendAll(),
        refresh: () => feed.sendAll(),
        request: (id, request) => void answers.answer(id, request),
      },
      logger,
    ),
  );
  return disposables;
}

async function openFolder(request: CardRequest): Promise<undefined> {
  if (request.name !== "queue" || request.action !== "openFolder") {
    throw new HopperError("conflict", t("Open a folder first."));
  }
  await vscode.commands.executeCommand("vscode.openFolder");
}

const queue: CardQueue = {
  kind: "noFolder",
  message: "",
  paused: false,
  canChange: false,
  waiting: { kind: "completed", text: "" },
  canRepair: false,
  canTakeOver: false,
};

const noFolder: CardSource = {
  folder: "",
  lastEvent: 0,
  running: [],
  state: () => ({ queue, plans: [], phases: [] }),
  queueState: () => queue,
  plans: () => [],
  phase: () => undefined,
};
