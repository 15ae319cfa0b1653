import { t } from "../../src/core/base/words";
import { Component, type JSX } from "preact";
import type { LogSpan } from "./lineBuffer";
import type { LogLine } from "./logLines";
import type { LogStyle } from "./logStyle";
import { type LogTheme, spanColors } from "./logTheme";

interface LogLineProps {
  readonly line: LogLine;
  readonly theme: LogTheme;
}

/** One line of a log. Lines never change, so one that is the same object is left alone. */
export class LogLineView extends Component<LogLineProps> {
  override shouldComponentUpdate({ line, theme }: LogLineProps): boolean {
    return line !== this.props.line || theme !== this.props.theme;
  }

  override render({ line, theme }: LogLineProps): JSX.Element {
    return (
      <div class={`log-line log-${line.kind}`}>
        {line.spans.map((span) => spanView(span, theme))}
        {line.leftOut > 0 && (
          <span class="log-note">
            {" "}
            … {t("{0} more characters", line.leftOut.toLocaleString("en"))}
          </span>
        )}
      </div>
    );
  }
}

function spanView({ text, style }: LogSpan, theme: LogTheme): JSX.Element | string {
  const colors = spanColors(style, theme);
  const classes = classesOf(style);
  return classes === "" && colors.color === undefined ? (
    text
  ) : (
    <span class={classes} style={{ ...colors }}>
      {text}
    </span>
  );
}

function classesOf(style: LogStyle): string {
  return (["bold", "italic", "underline", "strikethrough"] as const)
    .filter((flag) => style[flag])
    .map((flag) => `log-${flag}`)
    .join(" ");
}
