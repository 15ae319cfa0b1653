import * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/base/lifecycle";
import { cleanText } from "../../core/protocol/words/cleanText";
import type { CarryOut, CommandHandler } from "../commands/register";
import type { Targets } from "../commands/targets";
import { cardViewType, commands } from "../contributions";
import type { FolderQueue } from "../queues/folderQueue";
import type { WorkspaceQueues } from "../queues/workspaceQueues";
import type { Services } from "../services";
import type { QueueTree } from "../tree/queueTree";

export interface CardPanelsOptions {
  readonly extension: vscode.Uri;
  readonly queues: WorkspaceQueues;
  readonly tree: QueueTree;
  readonly services: Services;
  readonly carryOut: CarryOut;
}

interface OpenCard {
  readonly panel: vscode.WebviewPanel;
  /** Something beside its queue changed. */
  refresh: () => void;
  following?: Disposable;
}

/** The folder of a card that has none, which no URI is. */
const folderless = "";

/** The hopper cards: one for each folder at most, shown again after the window was reloaded. */
export class CardPanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  /** By the URI of their folders. */
  private readonly open = new Map<string, OpenCard>();
  private readonly disposables = new DisposableStore();

  constructor(private readonly options: CardPanelsOptions) {
    this.disposables.add(vscode.window.registerWebviewPanelSerializer(cardViewType, this));
    this.disposables.add(
      options.queues.onDidChange((change) => {
        if (change === undefined) {
          this.followFolders();
        }
      }),
    );
  }

  /** Shows the card of a folder, or of the window that has none, where it stands already or as a new tab. */
  async show(queue: FolderQueue | undefined): Promise<void> {
    const known = this.open.get(keyOf(queue));
    if (known) {
      known.panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      cardViewType,
      "Phase Hopper",
      vscode.ViewColumn.Active,
    );
    await this.fill(panel, queue);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, memory: unknown): Promise<void> {
    const { all } = this.options.queues;
    const folder = folderOf(memory);
    const queue = all.find((one) => keyOf(one) === folder) ?? all[0];
    const isMeant = folder === undefined || folder === keyOf(queue) || folder === folderless;
    if (!isMeant || this.open.has(keyOf(queue))) {
      panel.dispose();
      return;
    }
    await this.fill(panel, queue);
  }

  /** Leaves the panels open: the editor shows them again when the window was reloaded. */
  dispose(): void {
    this.open.forEach(({ following }) => following?.dispose());
    this.open.clear();
    this.disposables.dispose();
  }

  /** Reads again what the cards show: something beside their queues changed. */
  refresh(): void {
    this.open.forEach(({ refresh }) => refresh());
  }

  private async fill(panel: vscode.WebviewPanel, queue: FolderQueue | undefined): Promise<void> {
    const key = keyOf(queue);
    const card: OpenCard = { panel, refresh: () => undefined };
    this.open.set(key, card);
    panel.onDidDispose(() => {
      card.following?.dispose();
      this.open.delete(key);
    });
    const { extension } = this.options;
    const icon = (kind: string): vscode.Uri =>
      vscode.Uri.joinPath(extension, "media", `hopper-${kind}.svg`);
    panel.iconPath = { light: icon("light"), dark: icon("dark") };
    this.name();
    // Loaded with the first card: most windows show none.
    const { fillWebview } = await import("./fillWebview");
    const follow = queue
      ? await this.follower(panel, queue, card)
      : await folderlessFollower(panel, this.options.services);
    if (this.open.get(key) !== card) {
      // It was closed meanwhile.
      return;
    }
    card.following = follow();
    fillWebview(panel.webview, extension);
  }

  private async follower(
    panel: vscode.WebviewPanel,
    queue: FolderQueue,
    card: OpenCard,
  ): Promise<() => Disposable> {
    const { queues, tree, services, carryOut } = this.options;
    const { CardContent } = await import("./cardContent");
    const { CardPanel } = await import("./cardPanel");
    const { CardRequests } = await import("./cardRequests");
    return () => {
      const content = new CardContent(queue, tree, services, () => queues.all.length > 1);
      const requests = new CardRequests(queue, content, carryOut, (name) =>
        services.configuration.runners().get(name),
      );
      const following = new CardPanel(panel, queue, content, requests, services);
      card.refresh = () => following.refreshSoon();
      return following;
    };
  }

  private followFolders(): void {
    const { all } = this.options.queues;
    const there = new Set(all.length > 0 ? all.map(keyOf) : [folderless]);
    for (const [key, { panel, refresh }] of this.open) {
      if (there.has(key)) {
        refresh();
      } else {
        panel.dispose();
      }
    }
    this.name();
  }

  /** Each card says whose it is where there are several folders. */
  private name(): void {
    const { all } = this.options.queues;
    for (const queue of all) {
      const known = this.open.get(keyOf(queue));
      if (known) {
        known.panel.title =
          all.length > 1 ? `Phase Hopper: ${cleanText(queue.name)}` : "Phase Hopper";
      }
    }
  }
}

/** The command that shows a card: of a row's folder, the only one, or the one the user picks. */
export function cardCommands(cards: CardPanels, targets: Targets) {
  return {
    [commands.openHopper]: async (...args) => {
      await cards.show(await targets.queue(args));
    },
  } satisfies Partial<Record<string, CommandHandler>>;
}

function keyOf(queue: FolderQueue | undefined): string {
  return queue?.folder.uri.toString() ?? folderless;
}

async function folderlessFollower(
  panel: vscode.WebviewPanel,
  services: Services,
): Promise<() => Disposable> {
  const { followFolderless } = await import("./folderlessCard");
  return () => followFolderless(panel, services);
}

/** Whose card it was, as its page kept it; undefined where it kept nothing. */
function folderOf(memory: unknown): string | undefined {
  return typeof memory === "object" &&
    memory !== null &&
    "folder" in memory &&
    typeof memory.folder === "string"
    ? memory.folder
    : undefined;
}
