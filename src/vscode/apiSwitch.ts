import * as vscode from "vscode";
import { errorInWords, errorMessage } from "../core/base/errors";
import type { Hopper } from "../core/hopper";
import type { TcpAddress } from "../core/ownership/tcpAddress";
import type { CommandHandler } from "./commands/register";
import { commands } from "./contributions";
import type { FolderQueue } from "./queues/folderQueue";
import type { WorkspaceQueues } from "./queues/workspaceQueues";
import type { Services } from "./services";
import { section } from "./settings";
import { t } from "./l10n";

/** Lets programs in over TCP, to every queue that this window owns, while the setting says so. */
export class ApiSwitch implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly listeners: { dispose(): void }[] = [];
  /** At which port each hopper was last asked to answer; undefined is off. */
  private readonly asked = new WeakMap<Hopper, number | undefined>();

  /** Fires when an address came or went. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly queues: WorkspaceQueues,
    private readonly services: Services,
  ) {
    this.listeners.push(
      queues.onDidChange(() => this.follow()),
      services.configuration.onDidChange(() => this.follow()),
    );
  }

  dispose(): void {
    for (const listener of this.listeners) {
      listener.dispose();
    }
    this.changed.dispose();
  }

  private follow(): void {
    const port = this.services.configuration.apiPort();
    for (const { state } of this.queues.all) {
      if (state.kind === "owner" && this.asked.get(state.hopper) !== port) {
        this.asked.set(state.hopper, port);
        void this.apply(state.hopper, port);
      }
    }
  }

  private async apply(hopper: Hopper, port: number | undefined): Promise<void> {
    const { logger } = this.services;
    try {
      if (port === undefined) {
        await hopper.closeApi();
      } else {
        const { url, tokenFile } = await hopper.openApi(port);
        logger.info(`The API answers at ${url}; the token lies in ${tokenFile}.`);
      }
    } catch (error) {
      // The queue itself goes on: only programs that wanted to come this way cannot.
      logger.error(`The API cannot be switched on: ${errorMessage(error)}`);
      void vscode.window.showErrorMessage(
        t(
          "Phase Hopper's API cannot be switched on: {0} Choose another port in the setting {1}.api.port.",
          errorInWords(error),
          section,
        ),
      );
    }
    this.changed.fire();
  }
}

/** Where the API of a queue answers, if this window owns it and the setting is on. */
export function apiAddressOf({ state }: FolderQueue): TcpAddress | undefined {
  return state.kind === "owner" ? state.hopper.apiAddress() : undefined;
}

/** The command that hands the address over. */
export function apiCommands(queues: WorkspaceQueues) {
  return {
    [commands.copyApiAddress]: async () => {
      const addresses = queues.all.flatMap((queue) => {
        const address = apiAddressOf(queue);
        return address ? [{ label: queue.name, description: address.url, address }] : [];
      });
      if (addresses.length === 0) {
        await offerSetting();
        return;
      }
      const chosen =
        addresses.length === 1
          ? addresses[0]
          : await vscode.window.showQuickPick(addresses, {
              title: t("Copy the Address of Which Queue?"),
            });
      if (chosen) {
        await handOver(chosen.address);
      }
    },
  } satisfies Partial<Record<string, CommandHandler>>;
}

async function handOver({ url, tokenFile }: TcpAddress): Promise<void> {
  await vscode.env.clipboard.writeText(url);
  const copyPath = t("Copy Path of Token File");
  const choice = await vscode.window.showInformationMessage(
    t("{0} was copied. Every request needs the token that lies in {1}.", url, tokenFile),
    copyPath,
  );
  if (choice === copyPath) {
    await vscode.env.clipboard.writeText(tokenFile);
  }
}

async function offerSetting(): Promise<void> {
  const open = t("Open Setting");
  const choice = await vscode.window.showInformationMessage(
    t("The API is off, or this window owns no queue."),
    open,
  );
  if (choice === open) {
    await vscode.commands.executeCommand("workbench.action.openSettings", `${section}.api.enabled`);
  }
}
