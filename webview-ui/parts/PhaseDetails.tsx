import { t } from "../../src/core/base/words";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import {
  type CardAttempt,
  type CardDetails,
  cardDetailsSchema,
  type CardPhase,
} from "../../src/core/protocol/card/cardState";
import { duration, localTime } from "../../src/core/protocol/words/duration";
import { messageOf } from "../cardStore";
import { useCard } from "../context";
import type { LiveLog } from "../log/liveLog";
import { LiveLogView } from "../log/LiveLogView";
import type { PhaseAction } from "../model/phaseActions";
import { nameOf } from "../model/phaseWords";
import { useNow } from "../useNow";
import { StepList } from "./StepList";

interface PhaseDetailsProps {
  readonly phase: CardPhase;
  readonly actions: readonly PhaseAction[];
}

/** What an opened card shows: command, documents, attempts, output, and every action in words. */
export function PhaseDetails({ phase, actions }: PhaseDetailsProps): JSX.Element {
  const { store } = useCard();
  const details = useDetails(phase);
  const newest = phase.attempts.at(-1);
  const hasLog = actions.some(({ request }) => request === "log");
  return (
    <div class="details">
      {typeof details === "string" && <p class="details-error">{details}</p>}
      {typeof details === "object" && <Facts phase={phase} details={details} />}
      {hasLog && newest && (
        <AttemptLog key={newest.attemptId} phase={phase} attemptId={newest.attemptId} />
      )}
      <div class="details-buttons">
        {actions.map(({ request, label, effect }) => (
          <vscode-button
            key={request}
            appearance="secondary"
            title={effect ?? label}
            onClick={() =>
              void store.ask({ name: "phase", action: request, queueId: phase.queueId })
            }
          >
            {/* Text alone: the toolkit takes a span in a button for an icon, and cuts it to its size. */}
            {request === "log" ? t("Show Whole Log") : label}
            {effect !== undefined && ` (${effect})`}
          </vscode-button>
        ))}
      </div>
    </div>
  );
}

/** Asked for when the card is opened, and again when the phase changed. */
function useDetails({ queueId, updatedAt }: CardPhase): CardDetails | string | undefined {
  const { link } = useCard();
  const [details, setDetails] = useState<CardDetails | string>();
  useEffect(() => {
    let isMeant = true;
    const take = (result: CardDetails | string): void => {
      if (isMeant) {
        setDetails(result);
      }
    };
    link
      .request({ name: "details", queueId })
      .then((result) => take(cardDetailsSchema.parse(result)))
      .catch((error: unknown) => take(messageOf(error)));
    return () => {
      isMeant = false;
    };
  }, [link, queueId, updatedAt]);
  return details;
}

interface FactsProps {
  readonly phase: CardPhase;
  readonly details: CardDetails;
}

function Facts({ phase, details }: FactsProps): JSX.Element {
  const { store } = useCard();
  const { documents, enqueuedAt } = details;
  return (
    <dl class="facts">
      <StepList details={details} />
      {documents.length > 0 && (
        <>
          <dt>{t("Documents")}</dt>
          <dd>
            {documents.map((document) => (
              <button
                key={document}
                type="button"
                class="link"
                title={t("Open {0}", document)}
                onClick={() =>
                  void store.ask({ name: "openDocument", queueId: phase.queueId, document })
                }
              >
                {document}
              </button>
            ))}
          </dd>
        </>
      )}
      <dt>{t("Enqueued")}</dt>
      <dd>{timeOf(enqueuedAt)}</dd>
      {phase.attempts.length > 0 && (
        <>
          <dt>{phase.attempts.length === 1 ? t("Attempt") : t("Attempts")}</dt>
          <dd>
            <ul class="attempts">
              {phase.attempts.map((attempt) => (
                <AttemptLine key={attempt.attemptId} attempt={attempt} />
              ))}
            </ul>
          </dd>
        </>
      )}
    </dl>
  );
}

function AttemptLine({ attempt }: { readonly attempt: CardAttempt }): JSX.Element {
  const { number, startedAt, finishedAt, outcome, words } = attempt;
  const now = useNow(finishedAt === undefined);
  return (
    <li>
      <span class="attempt-number">{number}</span>
      <span class={`attempt-outcome status-${outcome}`}>{words}</span>
      <span>{timeOf(startedAt)}</span>
      <span>{duration((finishedAt ?? now) - startedAt)}</span>
    </li>
  );
}

interface AttemptLogProps {
  readonly phase: CardPhase;
  readonly attemptId: string;
}

/** The last lines of an attempt's output, followed as long as the card is open. */
function AttemptLog({ phase, attemptId }: AttemptLogProps): JSX.Element | null {
  const { store } = useCard();
  const [log, setLog] = useState<LiveLog>();
  const { queueId } = phase;
  useEffect(() => {
    const opened = store.openLog(queueId, attemptId);
    setLog(opened);
    return () => store.closeLog(attemptId, opened);
  }, [store, queueId, attemptId]);
  return log ? <LiveLogView log={log} label={t("Output of {0}", nameOf(phase))} /> : null;
}

function timeOf(milliseconds: number): string {
  return localTime(new Date(milliseconds).toISOString());
}
