import { parentPort } from "node:worker_threads";
import { errorMessage } from "../base/errors";
import { parsePlanText } from "./planSource";
import type { PlanAnswer, PlanQuestion } from "./planThread";

/**
 * Reads plans in a thread of its own: a plan of some hundred kilobytes takes longer than a host's
 * event loop may be held up.
 */
const port = parentPort;
port?.on("message", ({ id, question }: { id: number; question: PlanQuestion }) => {
  let answer: PlanAnswer;
  try {
    answer = { id, plan: parsePlanText(question.text, question.context, question.path) };
  } catch (error) {
    answer = { id, problem: errorMessage(error) };
  }
  port.postMessage(answer);
});
