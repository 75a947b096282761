import { type Command, Option } from "commander";
import { InputError } from "../common/errors";
import { columnTypes } from "../data/columns/infer-columns";
import type { ColumnChoices } from "../study/data";

/** The options that say what the columns of a table are for. */
export function columnOptions(command: Command): Command {
  return command
    .option(
      "--label <column>",
      "the column that says what is normal (default: none, or that of a known data set)",
    )
    .addOption(
      repeatable(
        "--normal <value>",
        "what the label says of normal rows, repeatable (default: normal, benign, 0 or false)",
      ),
    )
    .option("--group <column>", "the column of kinds of anomalies, where the label does not tell them")
    .addOption(repeatable("--exclude <column>", "leave a column out, repeatable"))
    .addOption(
      repeatable(
        "--type <column=type>",
        `take a column for ${columnTypes.join(", ")}, repeatable (default: as its values look)`,
      ),
    )
    .addOption(
      repeatable(
        "--logarithm <column=yes|no>",
        "whether a column's logarithm is learned, repeatable (default: where its values are heavy-tailed)",
      ),
    );
}

/** What the user said with {@link columnOptions}, as the library takes it. */
export function columnValues({
  label,
  normal,
  group,
  exclude,
  type,
  // biome-ignore lint/suspicious/noExplicitAny: commander does not know the types of a command's options
}: Record<string, any>): ColumnChoices {
  return { label, normal, group, exclude, types: type && byColumn("--type", type, columnTypes) };
}

/** The columns that `--logarithm` names, and whether their logarithm is learned. */
export function logarithmValues(given: readonly string[]): Record<string, boolean> {
  const words = byColumn("--logarithm", given, ["yes", "no"]);
  return Object.fromEntries(Object.entries(words).map(([column, word]) => [column, word === "yes"]));
}

/** The words of `column=word`, by column. A column's name may have the sign in it. */
function byColumn<Word extends string>(
  option: string,
  given: readonly string[],
  words: readonly Word[],
): Record<string, Word> {
  return Object.fromEntries(
    given.map((text) => {
      const sign = text.lastIndexOf("=");
      const word = words.find((known) => known === text.slice(sign + 1));
      if (sign < 1 || word === undefined)
        throw new InputError(`${option} must be a column, = and one of ${words.join(", ")}, got '${text}'`);
      return [text.slice(0, sign), word];
    }),
  );
}

function repeatable(flags: string, text: string): Option {
  return new Option(flags, text).argParser((value: string, before: readonly string[] = []) => [
    ...before,
    value,
  ]);
}
