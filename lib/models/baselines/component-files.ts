// What principal components and Mahalanobis' distance share: a file with a mean and components, one number a column.
import { InputError } from "../../common/errors";

/** Numbers of mean and components that are saved, so that a file of them can be read. */
const mostNumbers = 900_000;

/** @throws {InputError} if components of that many columns are too many to be read again */
export function requireSavable(components: number, width: number): void {
  const numbers = width * (components + 1);
  if (numbers > mostNumbers)
    throw new InputError(
      `${components} components of ${width} columns are ${numbers} numbers: at most ${mostNumbers} are saved`,
    );
}

/** @throws {InputError} if the mean and components in a file have not one number for each column */
export function requireWidth(path: string, vectors: readonly (readonly number[])[], width: number): void {
  const lengths = vectors.map(({ length }) => length);
  if (lengths.some((length) => length !== width))
    throw new InputError(
      `${path} is damaged: mean and components must have ${width} numbers, one a column, got ${lengths.join(", ").slice(0, 60)}`,
    );
}
