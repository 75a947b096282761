/** Characters of a text that is kept; good ones are shorter, and many of a bad log's lines would take all memory. */
const longestText = 256;

/**
 * Values that recur in a log, such as the addresses of hosts: each is looked at once and its result kept, up to a
 * number of them. So no result keeps alive the long text that it was cut from.
 */
export class Recurring<Result> {
  readonly #known = new Map<string, Result>();

  constructor(
    private readonly read: (text: string) => Result,
    private readonly limit = 65_536,
  ) {}

  of(text: string): Result {
    if (text.length > longestText) return this.read(text);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const own = ownText(text);
    const result = this.read(own);
    if (this.#known.size === this.limit) this.#known.clear();
    this.#known.set(own, result);
    return result;
  }
}

/** A copy of a text: V8 makes a slice of a string a reference to it, which would keep all of it in memory. */
export function ownText(text: string): string {
  return ` ${text}`.slice(1);
}
