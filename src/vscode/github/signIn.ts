import * as vscode from "vscode";
import type { Clock } from "../../core/base/clock";
import { errorMessage, HopperError } from "../../core/base/errors";
import { EventEmitter } from "../../core/base/event";
import { words } from "../../core/base/words";
import type { GitHubAccess } from "../../core/github/mirrorWorker";
import { Pacer } from "../../core/github/pacer";
import { isApiOf, publicApiUrl, webUrlOfApi } from "../../core/github/repository";
import type { Repository } from "../../core/protocol/mirrors";
import { t } from "../l10n";

/** GitHub has no smaller right to write issues than these; the wider one comes first. */
const scopes = { every: ["repo"], public: ["public_repo"] } as const;
type Scopes = (typeof scopes)[keyof typeof scopes];

/** VS Code's own sign-in to GitHub, which nobody is asked for before a command needs it. */
export class GitHubSignIn implements GitHubAccess, vscode.Disposable {
  private readonly changed = new EventEmitter<void>(() => undefined);
  private readonly listener: vscode.Disposable;

  readonly onDidChange = this.changed.event;
  readonly remedy = words`The command Sync Now of a plan asks you to sign in.`;
  readonly pacer: Pacer;

  /** @param apiUrl the server of the settings; the sign-in is for that one. */
  constructor(
    readonly apiUrl: () => string,
    clock: Clock,
  ) {
    this.pacer = new Pacer(clock);
    this.listener = vscode.authentication.onDidChangeSessions(({ provider }) => {
      if (provider.id === this.provider) {
        this.changed.fire();
      }
    });
  }

  async token(): Promise<string | undefined> {
    const found = await this.find([scopes.every, scopes.public]);
    return found?.session.accessToken;
  }

  /**
   * Asks the user to sign in where no sign-in that GitHub accepts has the rights that the repository
   * takes; a public one takes fewer.
   *
   * @throws HopperError `usage` where VS Code does not know which server to sign in to.
   */
  async ask(repository: Repository): Promise<void> {
    this.refuseOtherServer();
    const isPublic = await this.isPublic(repository);
    const found = await this.find(isPublic ? [scopes.every, scopes.public] : [scopes.every]);
    if (!found) {
      await this.signIn(isPublic ? scopes.public : scopes.every, { createIfNone: true });
    } else if (await this.isRefused(found.session)) {
      await this.signIn(found.scopes, {
        forceNewSession: { detail: t("GitHub does not accept your sign-in any more.") },
      });
    }
  }

  dispose(): void {
    this.listener.dispose();
    this.changed.dispose();
  }

  private get provider(): string {
    return this.apiUrl() === publicApiUrl ? "github" : "github-enterprise";
  }

  /** The first of these sign-ins that there is; a sign-in to another server is none. */
  private async find(
    wanted: readonly Scopes[],
  ): Promise<
    { readonly session: vscode.AuthenticationSession; readonly scopes: Scopes } | undefined
  > {
    if (!this.isOurServer) {
      return undefined;
    }
    for (const some of wanted) {
      const session = await vscode.authentication.getSession(this.provider, some, { silent: true });
      if (session) {
        return { session, scopes: some };
      }
    }
    return undefined;
  }

  private async signIn(wanted: Scopes, how: vscode.AuthenticationGetSessionOptions): Promise<void> {
    try {
      await vscode.authentication.getSession(this.provider, wanted, how);
    } catch (error) {
      // VS Code has no other way to tell that the user said no.
      throw /did not consent|cancel/i.test(errorMessage(error))
        ? new vscode.CancellationError()
        : error;
    }
    this.changed.fire();
  }

  /** The server that VS Code signs in to: the one of a setting of its own; none without it. */
  private get enterpriseServer(): string {
    const configuration = vscode.workspace.getConfiguration("github-enterprise");
    return configuration.get<string>("uri", "").trim();
  }

  private get isOurServer(): boolean {
    return this.provider === "github" || isApiOf(this.apiUrl(), this.enterpriseServer);
  }

  private refuseOtherServer(): void {
    if (this.isOurServer) {
      return;
    }
    const { enterpriseServer } = this;
    const server = webUrlOfApi(this.apiUrl());
    throw new HopperError(
      "usage",
      enterpriseServer === ""
        ? t(
            "VS Code does not know your GitHub Enterprise server yet: set github-enterprise.uri to {0}, and try again.",
            server,
          )
        : t(
            "VS Code signs in to {0}, but phaseHopper.github.apiUrl is that of {1}: make github-enterprise.uri the same, and try again.",
            enterpriseServer,
            server,
          ),
    );
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

  /** Whether it was revoked. */
  private async isRefused({ accessToken }: vscode.AuthenticationSession): Promise<boolean> {
    try {
      const { status } = await fetch(`${this.apiUrl()}/user`, {
        headers: { authorization: `Bearer ${accessToken}` },
        redirect: "error",
      });
      return status === 401;
    } catch {
      return false;
    }
  }
}
