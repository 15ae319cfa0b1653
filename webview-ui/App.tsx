import { t } from "../src/core/base/words";
import type { JSX } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { CardMemory } from "../src/core/protocol/card/cardMessages";
import type { CardStore, CardView } from "./cardStore";
import { CardProvider } from "./context";
import type { Link } from "./link";
import type { Memory } from "./memory";
import { type CardData } from "./model/cardData";
import { countsOf } from "./model/groups";
import { Banner } from "./parts/Banner";
import { Header } from "./parts/Header";
import { Menu, type MenuRequest } from "./parts/Menu";
import { Loading, NothingToShow, QueueBanner } from "./parts/QueueState";
import { StaleNote } from "./parts/StaleNote";
import { Tabs } from "./parts/Tabs";

interface AppProps {
  readonly store: CardStore;
  readonly link: Link;
  readonly memory: Memory;
}

export function App({ store, link, memory }: AppProps): JSX.Element {
  const view = useView(store);
  const [menu, setMenu] = useState<MenuRequest>();
  const returnTo = useRef<Element | null>(null);
  const openMenu = useCallback((request: MenuRequest) => {
    returnTo.current = document.activeElement;
    setMenu(request);
  }, []);
  const closeMenu = useCallback((givesBack: boolean) => {
    if (givesBack && returnTo.current instanceof HTMLElement) {
      returnTo.current.focus({ preventScroll: true });
    }
    setMenu(undefined);
  }, []);
  const context = useMemo(() => ({ store, link, openMenu }), [store, link, openMenu]);
  const { data, trouble, refusal } = view;
  return (
    <CardProvider value={context}>
      <main class="card-page">
        {trouble !== undefined && (
          <Banner kind="error" text={t("The queue could not be read: {0}", trouble)}>
            <vscode-button onClick={() => link.refresh()}>{t("Retry")}</vscode-button>
          </Banner>
        )}
        {refusal !== undefined && (
          <Banner kind="error" text={refusal}>
            <vscode-button appearance="secondary" onClick={() => store.dismiss()}>
              {t("Dismiss")}
            </vscode-button>
          </Banner>
        )}
        {data ? (
          <Content data={data} memory={memory} />
        ) : (
          <>
            <h1 class="unseen">Phase Hopper</h1>
            {trouble === undefined && <Loading text={t("Loading the queue…")} />}
          </>
        )}
        {data && <StaleNote />}
        <Announcer {...view} />
        {menu && <Menu menu={menu} onClose={closeMenu} />}
      </main>
    </CardProvider>
  );
}

interface ContentProps {
  readonly data: CardData;
  readonly memory: Memory;
}

function Content({ data, memory }: ContentProps): JSX.Element {
  const [tab, setTab] = useState(memory.value.tab);
  const show = useCallback(
    (chosen: CardMemory["tab"]) => {
      setTab(chosen);
      memory.keep({ tab: chosen });
    },
    [memory],
  );
  const counts = useMemo(() => countsOf(data.plans.flatMap(({ phases }) => phases)), [data.plans]);
  const isEmpty = data.plans.length === 0;
  return (
    <>
      <Header data={data} counts={counts} />
      {isEmpty ? (
        <NothingToShow queue={data.queue} />
      ) : (
        <>
          <QueueBanner queue={data.queue} />
          <Tabs data={data} counts={counts} tab={tab} onTab={show} memory={memory} />
        </>
      )}
    </>
  );
}

/** Says changes to screen readers; nobody sees it. */
function Announcer({ polite, assertive }: Pick<CardView, "polite" | "assertive">): JSX.Element {
  return (
    <div class="unseen">
      <div role="status" aria-live="polite">
        {polite}
      </div>
      <div role="alert" aria-live="assertive">
        {assertive}
      </div>
    </div>
  );
}

function useView(store: CardStore): CardView {
  const [view, setView] = useState(store.view);
  useEffect(() => {
    setView(store.view);
    return store.subscribe(() => setView(store.view));
  }, [store]);
  return view;
}
