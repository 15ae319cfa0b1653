import { t } from "../../src/core/base/words";
import type { JSX } from "preact";
import type { CardDetails, CardStep } from "../../src/core/protocol/card/cardState";

/** What an attempt ran or, before the first one, will run: each step's command, and the block it runs. */
export function StepList({ details }: { readonly details: CardDetails }): JSX.Element | null {
  const { steps, hasRun } = details;
  if (steps.length === 0) {
    return null;
  }
  return (
    <>
      <dt>{hasRun ? t("Command") : t("To be run")}</dt>
      <dd>
        <ol class="steps">
          {steps.map((step, index) => (
            <Step key={index} step={step} />
          ))}
        </ol>
      </dd>
    </>
  );
}

function Step({ step: { kind, command, source } }: { readonly step: CardStep }): JSX.Element {
  return (
    <li class="step">
      <code class="step-command">{command}</code>
      {kind === "verify" && <span class="step-kind">{t("verifies")}</span>}
      {source && (
        // What is long scrolls, for the keyboard too.
        <pre class="step-source" tabIndex={0} role="group" aria-label={t("Text of {0}", command)}>
          {source.join("\n")}
        </pre>
      )}
    </li>
  );
}
