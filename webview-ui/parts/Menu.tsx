import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./Icon";

export interface MenuItem {
  readonly label: string;
  /** What it comes to, in a few words behind the label. */
  readonly effect?: string;
  readonly icon: string;
  readonly run: () => void;
}

/** A menu to be shown at a place of the page, in pixels. */
export interface MenuRequest {
  /** "Phase 2 Build" */
  readonly label: string;
  readonly x: number;
  readonly y: number;
  /** Lines are drawn between the groups; empty ones are left out. */
  readonly groups: readonly (readonly MenuItem[])[];
}

interface MenuProps {
  readonly menu: MenuRequest;
  /** @param givesBack the focus goes back to where it was. */
  readonly onClose: (givesBack: boolean) => void;
}

/** A context menu: arrows, Home and End move, letters find, Escape gives the focus back. */
export function Menu({ menu, onClose }: MenuProps): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { current } = element;
    if (current) {
      const { width, height } = current.getBoundingClientRect();
      current.style.left = `${Math.max(0, Math.min(menu.x, innerWidth - width - 4))}px`;
      current.style.top = `${Math.max(0, Math.min(menu.y, innerHeight - height - 4))}px`;
      itemsOf(current)[0]?.focus();
    }
  }, [menu]);
  useEffect(() => {
    const closeOutside = ({ target, type }: Event): void => {
      if (!(target instanceof Node) || element.current?.contains(target) !== true) {
        // What is pressed takes the focus itself.
        onClose(type === "scroll");
      }
    };
    // The focus went to another part of the editor, and stays there.
    const leave = (): void => onClose(false);
    addEventListener("pointerdown", closeOutside, true);
    addEventListener("blur", leave);
    addEventListener("scroll", closeOutside, true);
    return () => {
      removeEventListener("pointerdown", closeOutside, true);
      removeEventListener("blur", leave);
      removeEventListener("scroll", closeOutside, true);
    };
  }, [onClose]);
  return (
    <div
      ref={element}
      class="menu"
      role="menu"
      aria-label={menu.label}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape" || event.key === "Tab") {
          event.preventDefault();
          onClose(true);
        } else if (move(event.currentTarget, event.key)) {
          event.preventDefault();
        }
      }}
    >
      {menu.groups
        .filter((group) => group.length > 0)
        .map((group, index) => (
          <div key={index} role="group" class="menu-group">
            {group.map(({ label, effect, icon, run }) => (
              <button
                key={label}
                type="button"
                role="menuitem"
                class="menu-item"
                tabIndex={-1}
                onPointerMove={({ currentTarget }) => currentTarget.focus()}
                onClick={() => {
                  onClose(true);
                  run();
                }}
              >
                <Icon name={icon} />
                <span class="menu-label">{label}</span>
                {effect !== undefined && <span class="menu-effect">{effect}</span>}
              </button>
            ))}
          </div>
        ))}
    </div>
  );
}

function itemsOf(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role="menuitem"]')];
}

/** @returns whether the key meant something. */
function move(menu: HTMLElement, key: string): boolean {
  const items = itemsOf(menu);
  const at = items.findIndex((item) => item === document.activeElement);
  const to = targetOf(key, items, at);
  to?.focus();
  return to !== undefined;
}

function targetOf(key: string, items: readonly HTMLElement[], at: number): HTMLElement | undefined {
  switch (key) {
    case "ArrowDown":
      return items[(at + 1) % items.length];
    case "ArrowUp":
      return items.at(at <= 0 ? -1 : at - 1);
    case "Home":
      return items[0];
    case "End":
      return items.at(-1);
    default: {
      const inTurn = [...items.slice(at + 1), ...items.slice(0, at + 1)];
      return key.length === 1 && key !== " "
        ? inTurn.find(({ innerText }) =>
            innerText.trim().toLowerCase().startsWith(key.toLowerCase()),
          )
        : undefined;
    }
  }
}
