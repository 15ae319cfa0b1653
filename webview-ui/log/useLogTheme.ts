import { useEffect, useState } from "preact/hooks";
import { type LogTheme, readTheme } from "./logTheme";

/** The colours of the editor's theme, read again whenever the editor changes its theme. */
export function useLogTheme(): LogTheme {
  const [theme, setTheme] = useState(currentTheme);
  useEffect(() => {
    // VS Code writes the theme's variables into the style of the root element.
    const observer = new MutationObserver(() => setTheme(currentTheme()));
    observer.observe(document.documentElement, { attributeFilter: ["style"] });
    return () => observer.disconnect();
  }, []);
  return theme;
}

function currentTheme(): LogTheme {
  const style = getComputedStyle(document.documentElement);
  return readTheme((name) => style.getPropertyValue(name));
}
