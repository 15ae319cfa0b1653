import * as vscode from "vscode";

const account = { id: "robin", label: "robin" };

/**
 * Signs everybody in to GitHub Enterprise as robin once they agree, in place of VS Code's own sign-in,
 * which would ask a server for it. The token is one that the GitHub of the tests knows.
 */
export function activate(context: vscode.ExtensionContext): void {
  const changed =
    new vscode.EventEmitter<vscode.AuthenticationProviderAuthenticationSessionsChangeEvent>();
  const sessions: vscode.AuthenticationSession[] = [];
  const provider: vscode.AuthenticationProvider = {
    onDidChangeSessions: changed.event,
    getSessions: (scopes) =>
      Promise.resolve(
        sessions.filter(
          (session) => scopes?.every((scope) => session.scopes.includes(scope)) ?? true,
        ),
      ),
    createSession: (scopes) => {
      const id = String(sessions.length + 1);
      const session = { id, account, scopes: [...scopes], accessToken: "token-of-robin" };
      sessions.push(session);
      changed.fire({ added: [session], removed: [], changed: [] });
      return Promise.resolve(session);
    },
    removeSession: (id) => {
      const at = sessions.findIndex((session) => session.id === id);
      changed.fire({ added: [], removed: sessions.splice(at, 1), changed: [] });
      return Promise.resolve();
    },
  };
  context.subscriptions.push(
    changed,
    vscode.authentication.registerAuthenticationProvider("github-enterprise", "GitHub", provider),
  );
}
