/**
 * What a notebook may show of one thing, by MIME type: text, base64, or for JSON types a value. The front end picks the richest
 * that it knows.
 */
export type MimeBundle = Readonly<Record<string, unknown>>;

type WriteDisplayData = (
  message: { data: MimeBundle; metadata: object; transient: { display_id?: string } },
  update: boolean,
) => void;

/**
 * Sends a bundle to the notebook that runs this code under tslab; elsewhere prints its `text/plain`.
 *
 * tslab's own `display` sends one mime type a message; a front end then shows each of them below the other. Its kernel
 * runs cells in its own process, so that the writer of the running kernel is found among the loaded modules.
 *
 * @param displayId a name under which a later bundle replaces this one
 * @param update whether it replaces one
 */
export function display(data: MimeBundle, displayId?: string, update = false): void {
  const write = notebookWriter();
  if (write) write({ data, metadata: {}, transient: displayId ? { display_id: displayId } : {} }, update);
  else if (!update) console.log(data["text/plain"]);
}

/** Whether this code runs in a tslab notebook. */
export function inNotebook(): boolean {
  return notebookWriter() !== undefined;
}

function notebookWriter(): WriteDisplayData | undefined {
  const path = Object.keys(require.cache).find((name) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(name));
  return path ? (require.cache[path]?.exports.lastWriteDisplayData ?? undefined) : undefined;
}
