import { t } from "../src/core/base/words";
import { render } from "preact";
import * as z from "zod/mini";
import { App } from "./App";
import { CardStore } from "./cardStore";
import { Link } from "./link";
import { Memory } from "./memory";
import { speakAs } from "./speakAs";
import { registerToolkit } from "./toolkit";
import "./card.css";

const otherVersion = (): string =>
  t("the extension and this card are of different versions. Reload the window to mend that.");

// Functions made from text are forbidden on this page; do not try.
z.config({ jitless: true });
registerToolkit();
const root = document.querySelector<HTMLElement>("#card");
speakAs(root?.dataset["texts"]);

const api = acquireVsCodeApi();
const memory = new Memory(api);
const link: Link = new Link({
  post: (message) => api.postMessage(message),
  onNews: (news) => store.receive(news),
  onUnreadable: (type) => {
    if (type === "changes") {
      link.refresh();
    } else {
      // To ask for it again would bring the same.
      store.fail(otherVersion());
    }
  },
  onSilence: () => store.fail(t("the extension does not answer.")),
  after: (milliseconds, then) => {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
});
const store = new CardStore({
  request: (request) => link.request(request),
  now: Date.now,
  nextFrame: (draw) => requestAnimationFrame(draw),
  onFolder: (folder) => {
    if (memory.value.folder !== folder) {
      memory.keep({ folder });
    }
  },
  onMissed: () => link.refresh(),
});

window.addEventListener("message", ({ data }: MessageEvent<unknown>) => link.receive(data));

if (root) {
  render(<App store={store} link={link} memory={memory} />, root);
}
link.ready();
