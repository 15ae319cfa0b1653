import * as vscode from "vscode";
import { EventEmitter } from "../../core/base/event";
import type { Disposable } from "../../core/base/lifecycle";
import type { Services } from "../services";
import { FolderQueue, type FolderQueueChange } from "./folderQueue";

/** The queues of all folders of the workspace: one each, opened where there is something to open. */
export class WorkspaceQueues implements Disposable {
  private readonly queues = new Map<string, FolderQueue>();
  private readonly changed: EventEmitter<FolderQueueChange | undefined>;
  private readonly listeners: vscode.Disposable[] = [];

  /** Fires with what changed; undefined when folders came or went. */
  readonly onDidChange;

  constructor(private readonly services: Services) {
    this.changed = new EventEmitter((error) =>
      services.logger.error("A listener of the queues failed.", error),
    );
    this.onDidChange = this.changed.event;
    this.listeners.push(
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.followFolders()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.openAll()),
      services.configuration.onDidChange(() => this.followSettings()),
    );
  }

  /** Opens what there is to open; called once everything that shows it listens. */
  start(): void {
    this.followFolders();
  }

  get all(): readonly FolderQueue[] {
    return [...this.queues.values()];
  }

  /** The queue of the folder that this file lies in. */
  of(uri: vscode.Uri): FolderQueue | undefined {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    return folder && this.queues.get(folder.uri.toString());
  }

  /** Releases every queue; resolves when all of it is stored and free for others. */
  async close(): Promise<void> {
    await Promise.all(this.all.map((queue) => queue.close()));
  }

  dispose(): void {
    for (const listener of this.listeners) {
      listener.dispose();
    }
    for (const queue of this.all) {
      queue.dispose();
    }
    this.changed.dispose();
  }

  private followFolders(): void {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(
      ({ uri }) => uri.scheme === "file",
    );
    const wanted = new Set(folders.map(({ uri }) => uri.toString()));
    for (const [key, queue] of this.queues) {
      if (!wanted.has(key)) {
        this.queues.delete(key);
        queue.dispose();
      }
    }
    for (const folder of folders) {
      const key = folder.uri.toString();
      if (!this.queues.has(key)) {
        const queue = new FolderQueue(folder, this.services);
        queue.onDidChange((change) => this.changed.fire(change));
        this.queues.set(key, queue);
        void queue.openIfThere();
      }
    }
    this.changed.fire(undefined);
  }

  private openAll(): void {
    for (const queue of this.all) {
      void queue.reopenIfThere();
    }
  }

  private followSettings(): void {
    for (const queue of this.all) {
      queue.followSettings();
    }
  }
}
