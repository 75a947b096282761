import { InputError, requireNumber } from "../common/errors";

type Range = Parameters<typeof requireNumber>[2];

/** A parser for a numeric option: refuses what is no number or out of range, in one sentence. */
export function numberOption(parameter: string, range: Range): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    try {
      requireNumber(parameter, value, range);
    } catch (error) {
      if (!(error instanceof InputError) || !Number.isNaN(value)) throw error;
      throw new InputError(error.message.replace(/got NaN$/, `got '${text}'`));
    }
    return value;
  };
}
