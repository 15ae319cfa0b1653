import * as vscode from "vscode";
import { fromCardSchema, type ToCard } from "../../core/protocol/card/cardMessages";

/** The card of a window without a folder: it says so, and offers to open one. */
export function followFolderless({ webview }: vscode.WebviewPanel): vscode.Disposable {
  const post = (message: ToCard): void => void webview.postMessage(message);
  return webview.onDidReceiveMessage(async (data: unknown) => {
    const message = fromCardSchema.safeParse(data);
    if (message.data?.type === "ready" || message.data?.type === "refresh") {
      post(nothing);
    } else if (message.data?.type === "request") {
      const { id, request } = message.data;
      if (request.name === "queue" && request.action === "openFolder") {
        await vscode.commands.executeCommand("vscode.openFolder");
        post({ type: "answer", id, result: undefined });
      } else {
        post({ type: "refusal", id, message: "Open a folder first." });
      }
    }
  });
}

const nothing: ToCard = {
  type: "state",
  folder: "",
  state: {
    queue: {
      kind: "noFolder",
      message: "",
      paused: false,
      canChange: false,
      waiting: { kind: "completed", text: "" },
    },
    plans: [],
    phases: [],
  },
};
