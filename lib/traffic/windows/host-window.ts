import { FlagError } from "../flag";
import { rate } from "./rate";
import { Seen } from "./seen";
import { errorOf, partnerOf, type Track } from "./track";

/** The longest window of a host, which bounds the memory that a model of a stranger can ask for. */
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
  readonly #capacity: number;
  readonly #seen: Seen;

  constructor(capacity: number) {
    this.#capacity = capacity;
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
    host.last.push(service.id, error, sourcePort);
    service.last.push(host.id, error, sourcePort);

    const { size: hostCount, words } = host.last;
    let sameService = 0;
    let samePort = 0;
    let otherServices = 0;
    let synErrors = 0;
    let rejections = 0;
    let serviceSynErrors = 0;
    let serviceRejections = 0;
    let previous = service.id;
    this.#seen.clear();
    for (let place = 0; place < 2 * hostCount; place += 2) {
      const partner = partnerOf(words[place]);
      const failure = errorOf(words[place]);
      const isSame = partner === service.id;
      if (words[place + 1] === sourcePort) samePort++;
      if (isSame) sameService++;
      else if (partner !== previous && this.#seen.add(partner)) otherServices++;
      previous = partner;
      if (failure === FlagError.syn) {
        synErrors++;
        if (isSame) serviceSynErrors++;
      } else if (failure === FlagError.rejection) {
        rejections++;
        if (isSame) serviceRejections++;
      }
    }

    const ofService = service.last;
    const free = this.#capacity - hostCount;
    let elsewhere = 0;
    let otherHosts = 0;
    previous = host.id;
    this.#seen.clear();
    for (let age = 0; age < ofService.size && elsewhere < free; age++) {
      const code = ofService.words[ofService.place(age)];
      const partner = partnerOf(code);
      if (partner === host.id) continue;
      elsewhere++;
      if (partner !== previous && this.#seen.add(partner)) otherHosts++;
      previous = partner;
      const failure = errorOf(code);
      if (failure === FlagError.syn) serviceSynErrors++;
      else if (failure === FlagError.rejection) serviceRejections++;
    }

    const serviceCount = sameService + elsewhere;
    into[offset] = hostCount;
    into[offset + 1] = serviceCount;
    into[offset + 2] = rate(sameService, hostCount);
    into[offset + 3] = otherServices === 0 ? 0 : rate(1 + otherServices, hostCount);
    into[offset + 4] = rate(samePort, hostCount);
    into[offset + 5] = otherHosts === 0 ? 0 : rate(1 + otherHosts, serviceCount);
    into[offset + 6] = rate(synErrors, hostCount);
    into[offset + 7] = rate(serviceSynErrors, serviceCount);
    into[offset + 8] = rate(rejections, hostCount);
    into[offset + 9] = rate(serviceRejections, serviceCount);
  }
}
