/** A set of at most `capacity` numbers of 32 bits that is emptied often: that costs nothing here. */
export class Seen {
  readonly #mask: number;
  readonly #numbers: Uint32Array;
  /** In which round a place was taken. */
  readonly #rounds: Uint32Array;
  #round = 1;

  constructor(capacity: number) {
    const places = 2 ** Math.ceil(Math.log2(2 * capacity + 1));
    this.#mask = places - 1;
    this.#numbers = new Uint32Array(places);
    this.#rounds = new Uint32Array(places);
  }

  clear(): void {
    this.#round = (this.#round + 1) >>> 0;
    if (this.#round > 0) return;
    this.#rounds.fill(0);
    this.#round = 1;
  }

  /** Adds a number. @returns whether it is new */
  add(number: number): boolean {
    let place = number & this.#mask;
    while (this.#rounds[place] === this.#round) {
      if (this.#numbers[place] === number) return false;
      place = (place + 1) & this.#mask;
    }
    this.#numbers[place] = number;
    this.#rounds[place] = this.#round;
    return true;
  }
}
