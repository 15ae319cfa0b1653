import * as vscode from "vscode";
import { HopperError } from "../../core/base/errors";
import { EventEmitter } from "../../core/base/event";
import type { GitHubAccess } from "../../core/github/mirrorWorker";
import { publicApiUrl } from "../../core/github/repository";
import type { Repository } from "../../core/protocol/mirrors";
import { t } from "../l10n";

/** GitHub has no smaller right to write issues than these; the wider one comes first. */
const scopes = { every: ["repo"], public: ["public_repo"] } as const;

/** VS Code's own sign-in to GitHub, which nobody is asked for before a command needs it. */
export class GitHubSignIn implements GitHubAccess, vscode.Disposable {
  private readonly changed = new EventEmitter<void>(() => undefined);
  private readonly listener: vscode.Disposable;

  readonly onDidChange = this.changed.event;

  /** @param apiUrl the server of the settings; the sign-in is for that one. */
  constructor(readonly apiUrl: () => string) {
    this.listener = vscode.authentication.onDidChangeSessions(({ provider }) => {
      if (provider.id === this.provider) {
        this.changed.fire();
      }
    });
  }

  async token(): Promise<string | undefined> {
    for (const wanted of [scopes.every, scopes.public]) {
      const session = await vscode.authentication.getSession(this.provider, wanted, {
        silent: true,
      });
      if (session) {
        return session.accessToken;
      }
    }
    return undefined;
  }

  /**
   * Asks the user to sign in, unless that was done before; for a public repository with no more
   * rights than that takes.
   *
   * @throws HopperError `usage` where VS Code does not know which server to sign in to.
   */
  async ask(repository: Repository): Promise<void> {
    if ((await this.token()) === undefined) {
      this.refuseUnknownServer();
      const wanted = (await this.isPublic(repository)) ? scopes.public : scopes.every;
      await vscode.authentication.getSession(this.provider, wanted, { createIfNone: true });
      this.changed.fire();
    }
  }

  dispose(): void {
    this.listener.dispose();
    this.changed.dispose();
  }

  private get provider(): string {
    return this.apiUrl() === publicApiUrl ? "github" : "github-enterprise";
  }

  /** VS Code signs in to the one server of a setting of its own, and to none without it. */
  private refuseUnknownServer(): void {
    const server = vscode.workspace.getConfiguration("github-enterprise").get<string>("uri", "");
    if (this.provider === "github-enterprise" && server.trim() === "") {
      const { origin } = new URL(this.apiUrl());
      throw new HopperError(
        "usage",
        t(
          "VS Code does not know your GitHub Enterprise server yet: set github-enterprise.uri to {0}, and try again.",
          origin,
        ),
      );
    }
  }

  /** Whether anybody can see it. */
  private async isPublic({ owner, name }: Repository): Promise<boolean> {
    try {
      const { ok } = await fetch(`${this.apiUrl()}/repos/${owner}/${name}`);
      return ok;
    } catch {
      return false;
    }
  }
}
