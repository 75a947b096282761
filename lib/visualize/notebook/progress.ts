import type { ProgressUpdate, WorkOptions } from "../../common/progress";
import { display, inNotebook } from "./display";
import { newDisplayId } from "./show";

/**
 * Progress of a long piece of work as one line that updates itself in a notebook, and a signal that stops the work when
 * the kernel is interrupted (which by itself would free the cell, but not end the work).
 *
 * @example
 * const autoencoder = await fitAutoencoder(matrix, { seed: 1, ...progress() });
 */
export function progress(): Required<WorkOptions> {
  const id = newDisplayId();
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Error("interrupted"));
  if (inNotebook()) process.once("SIGINT", interrupt);
  let started = false;
  let lastShown = 0;
  const onProgress = ({ stage, done, total, note }: ProgressUpdate) => {
    const now = Date.now();
    if (done < total && started && now - lastShown < 200) return;
    lastShown = now;
    const text = `${stage}: ${done} of ${total}${note ? `, ${note}` : ""}`;
    const html = `<progress value="${done}" max="${total}"></progress> ${text}`;
    if (inNotebook()) display({ "text/html": html, "text/plain": text }, id, started);
    started = true;
    if (done >= total) process.off("SIGINT", interrupt);
  };
  return { onProgress, signal: controller.signal };
}
