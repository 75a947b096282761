import { createRandom, permutation, type Random } from "../../../common/random";
import { type Attack, Scene } from "../scene";
import type { Activity } from "../simulated-connection";
import { denialAttacks } from "./denial";
import { intrusions } from "./intrusions";
import { leaks } from "./leaks";
import { probes } from "./probes";

/** Every attack, by category. */
export const attacks: readonly Attack[] = [...denialAttacks, ...probes, ...intrusions, ...leaks];

/** `realistic`: 3 % of the connections belong to attacks, of all types. `kdd`: 80 % do, nearly all to two floods. */
export type ClassMix = "realistic" | "kdd";

/** Which share of the connections belongs to attacks. */
const shares: Readonly<Record<ClassMix, number>> = { realistic: 0.03, kdd: 0.8 };

/** With KDD's mix there are more floods and they last longer, so that all other types are 2 % of the attacks. */
const kddFloods: Readonly<Record<string, { readonly times: number; readonly longer: number }>> = {
  smurf: { times: 4, longer: 30 },
  neptune: { times: 2, longer: 16 },
};

interface PlannedAttack {
  readonly attack: Attack;
  readonly size: number;
}

/**
 * Decides when the next attack begins. Types come in a random order, each in turn before any comes again; the first of
 * those waiting begins that does not carry attacks farther above their share than they are below it.
 */
export class Intruders {
  readonly #scenes: ReadonlyMap<string, Scene>;
  readonly #random: Random;
  readonly #classMix: ClassMix;
  #novelToo = false;
  #waiting: PlannedAttack[] = [];
  #planned = 0;

  constructor(seed: number, classMix: ClassMix) {
    this.#random = createRandom(seed, "simulated intruders");
    this.#scenes = new Map(attacks.map(({ label }) => [label, new Scene(seed, label, label)]));
    this.#classMix = classMix;
  }

  /** Begins the next attack if it is time for one, after this many connections in all. */
  begin(at: number, connections: number, novelToo: boolean): Activity | undefined {
    if (this.#waiting.length === 0 || (novelToo && !this.#novelToo)) this.#waiting = this.#newRound(novelToo);
    this.#novelToo = novelToo;
    const room = shares[this.#classMix] * connections - this.#planned;
    const position = this.#waiting.findIndex(({ size }) => size <= 2 * room);
    if (position < 0) return undefined;
    const [{ attack, size }] = this.#waiting.splice(position, 1);
    this.#planned += size;
    return attack.act(this.#scenes.get(attack.label) as Scene, at, size);
  }

  #newRound(novelToo: boolean): PlannedAttack[] {
    const planned = attacks
      .filter(({ novel }) => novelToo || !novel)
      .flatMap((attack) => {
        const { times = 1, longer = 1 } = this.#classMix === "kdd" ? (kddFloods[attack.label] ?? {}) : {};
        const [least, most] = attack.size;
        return Array.from({ length: times }, () => {
          return { attack, size: longer * (least + this.#random.integer(most - least + 1)) };
        });
      });
    return Array.from(permutation(planned.length, this.#random), (i) => planned[i]);
  }
}
