import { InputError } from "../common/errors";
import type { Table } from "../data/table";
import type { LogForm } from "../traffic/logs/format";
import { formNamed } from "../traffic/logs/formats";
import type { TrafficModel } from "./model/traffic-model";

/** A table of connections without the columns that their logs cannot fill. */
export function withoutLacking({ rows, features }: Table, { lacks }: LogForm): Table {
  return { rows, features: features.filter(({ name }) => !lacks.includes(name)) };
}

/** @throws {InputError} if a log is of another form than those that a model was trained on */
export function requireFormOf(
  { name, logForm }: Pick<TrafficModel, "name" | "logForm">,
  form: LogForm,
  log: string,
): void {
  if (form.name === logForm) return;
  const trained = formNamed(logForm).title;
  throw new InputError(
    `${log} is ${form.title}, but ${name} was trained on ${trained}, which records other things of a connection: train a model on such logs`,
  );
}

/** The form of logs that are read together. */
export class CommonForm {
  #first: { readonly form: LogForm; readonly log: string } | undefined;

  /** Undefined before the first log. */
  get form(): LogForm | undefined {
    return this.#first?.form;
  }

  /** @throws {InputError} if a log is of another form than those before */
  add(form: LogForm, log: string): void {
    this.#first ??= { form, log };
    const first = this.#first;
    if (form.name === first.form.name) return;
    throw new InputError(
      `${log} is ${form.title}, but ${first.log} is ${first.form.title}, which records other things of a connection: train a model on logs of one kind`,
    );
  }
}
