// What views remember, in a file that may come from anybody.
import * as v from "valibot";
import { bytesOf } from "../../common/base64";
import { finite, list, object, type Schema, text } from "../../common/json-schema";
import { clockSchema, inBase64 } from "../windows/windows-schema";
import { day, hour, mostRows, rememberedKnown, type ViewState, type ViewsState } from "./view";
import type { RowState } from "./view-row";

const numbersInBase64 = (bytes: number, each: number) =>
  inBase64(bytes, each, `numbers of ${each} bytes in base64`);

/** Numbers of a row at most: 1,000 peers and ports each, or 64 intervals and sizes, with the sums. */
const mostNumbers = 4_096;

const row = v.pipe(
  v.tuple([text(2_048), numbersInBase64(8 * mostNumbers, 8)], "texts and numbers"),
  v.check(([, numbers]) => {
    const sums = [...new Float64Array(bytesOf(numbers))].slice(0, 10);
    return sums.length === 10 && sums.every(Number.isFinite);
  }, "texts and finite sums"),
);

/** As {@link ViewState} says. */
export const viewStateSchema: Schema<ViewState> = object({
  seconds: v.picklist([hour, day], `${hour} or ${day}`),
  clock: v.optional(clockSchema),
  since: v.optional(finite),
  known: list(numbersInBase64(4 * rememberedKnown, 4), 2, 2),
  rows: list(list(row as Schema<RowState>, mostRows), 2, 2),
});

/** Those of all views. */
export const viewsStateSchema: Schema<ViewsState> = object({
  hosts: v.optional(viewStateSchema),
  pairs: v.optional(viewStateSchema),
});
