import { escapeHtml } from "../common/html";
import type { ProgressUpdate, WorkOptions } from "../common/progress";
import { display, inNotebook } from "./display";
import { newDisplayId } from "./show";

/**
 * Progress of a long piece of work as one line that updates itself in a notebook, and a signal that stops the work when
 * the kernel is interrupted (which by itself would free the cell, but not end the work). After an interrupt it is used
 * up: take a new one for each piece of work.
 *
 * @example
 * const autoencoder = await fitAutoencoder(matrix, { seed: 1, ...progress() });
 */
export function progress(): Required<WorkOptions> {
  const id = newDisplayId();
  let started = false;
  let lastShown = 0;
  const onProgress = ({ stage, done, total, note }: ProgressUpdate) => {
    const now = Date.now();
    if (done < total && started && now - lastShown < 200) return;
    lastShown = now;
    const text = `${stage}: ${done} of ${total}${note ? `, ${note}` : ""}`;
    const html = `<progress value="${done}" max="${total}"></progress> ${escapeHtml(text)}`;
    if (inNotebook()) display({ "text/html": html, "text/plain": text }, id, started);
    started = true;
  };
  return { onProgress, signal: interruptSignal() };
}

let interruption: AbortController | undefined;

/** Is aborted by the kernel's next interrupt. All work shares it, since nothing tells when a piece of work has ended. */
function interruptSignal(): AbortSignal {
  if (interruption === undefined || interruption.signal.aborted) {
    const controller = new AbortController();
    const listen = () => process.once("SIGINT", () => controller.abort(new Error("interrupted")));
    // Not at once: until a cell's first `await` its code runs with `breakOnSigint`, and a listener that was added
    // meanwhile makes the next interrupt end the process (Node 20).
    if (inNotebook()) setImmediate(listen);
    interruption = controller;
  }
  return interruption.signal;
}
