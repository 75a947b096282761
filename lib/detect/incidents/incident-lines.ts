import { InputError } from "../../common/errors";
import { printableJson } from "../../common/shown";
import type { LineForm } from "../alerts/alert-lines";
import type { Incident } from "./incident";

/** One JSON object a line. */
export const incidentForm: LineForm<Incident> = { head: "", line: printableJson };

/** @throws {InputError} unless the name of a file for incidents says that it is JSON */
export function requireJsonName(path: string): void {
  if (!/\.(json|jsonl|ndjson)$/i.test(path) && !path.startsWith("/dev/"))
    throw new InputError(`incidents are lines of JSON: ${path} must end in .jsonl or .json`);
}
