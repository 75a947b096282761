import { FlagError } from "../flag";
import { errorOf, partnerOf } from "./code";
import { rate } from "./rate";
import { Seen } from "./seen";
import type { Track } from "./track";

/** The longest window of a host, which bounds the memory that a model of a stranger can ask for, and fits a tally's ten bits. */
export const longestHostWindow = 1_000;

/**
 * The last connections to the same host, however long ago; places that they leave free are taken by the last connections
 * of the same service to other hosts.
 *
 * KDD'99's files have one window of 255 places for both: connections to the host or of the service are never more than
 * 255 together, and where 255 are to the host, those of the service are a part of them (all 805,050 rows of the 10 % and
 * corrected files). It slid over connections sorted by destination host, so that a host's first connections follow
 * those to another host; in a stream, the service's own past is what stands there instead.
 */
export class HostWindow {
  readonly #seen: Seen;

  constructor(private readonly capacity: number) {
    this.#seen = new Seen(capacity);
  }

  /** Takes a connection in and writes its ten features from `offset` on. Cost: `capacity` steps at most. */
  update(
    host: Track,
    service: Track,
    error: FlagError,
    sourcePort: number,
    into: Float64Array,
    offset: number,
  ): void {
    this.add(host, service, error, sourcePort);
    const { last, tally } = host;
    const hostCount = last.size;
    const here = tally.of(service.id);
    const elsewhere = this.#countElsewhere(service, host.id, this.capacity - hostCount);
    const serviceCount = here.connections + elsewhere.connections;
    into[offset] = hostCount;
    into[offset + 1] = serviceCount;
    into[offset + 2] = rate(here.connections, hostCount);
    into[offset + 3] = tally.partners === 1 ? 0 : rate(tally.partners, hostCount);
    into[offset + 4] = rate(last.countPort(sourcePort), hostCount);
    into[offset + 5] = elsewhere.otherHosts === 0 ? 0 : rate(1 + elsewhere.otherHosts, serviceCount);
    into[offset + 6] = rate(tally.synErrors, hostCount);
    into[offset + 7] = rate(here.synErrors + elsewhere.synErrors, serviceCount);
    into[offset + 8] = rate(tally.rejections, hostCount);
    into[offset + 9] = rate(here.rejections + elsewhere.rejections, serviceCount);
  }

  /** Takes a connection in. */
  add(host: Track, service: Track, error: FlagError, sourcePort: number): void {
    host.add(service.id, error, sourcePort);
    service.add(host.id, error, sourcePort);
  }

  /** Counts a service's last connections to other hosts than one, as many as there is room for. */
  #countElsewhere({ last }: Track, host: number, room: number) {
    let connections = 0;
    let otherHosts = 0;
    let synErrors = 0;
    let rejections = 0;
    let previous = host;
    this.#seen.clear();
    for (let age = 0; age < last.size && connections < room; age++) {
      const code = last.words[last.place(age)];
      const partner = partnerOf(code);
      if (partner === host) continue;
      connections++;
      if (partner !== previous && this.#seen.add(partner)) otherHosts++;
      previous = partner;
      const failure = errorOf(code);
      if (failure === FlagError.syn) synErrors++;
      else if (failure === FlagError.rejection) rejections++;
    }
    return { connections, otherHosts, synErrors, rejections };
  }
}
