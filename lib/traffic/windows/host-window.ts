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
    this.add(host, service, error, sourcePort);
    const hostCount = host.last.size;
    const here = this.#countHost(host, service.id, sourcePort);
    const elsewhere = this.#countElsewhere(service, host.id, this.#capacity - hostCount);
    const serviceCount = here.sameService + elsewhere.connections;
    into[offset] = hostCount;
    into[offset + 1] = serviceCount;
    into[offset + 2] = rate(here.sameService, hostCount);
    into[offset + 3] = here.otherServices === 0 ? 0 : rate(1 + here.otherServices, hostCount);
    into[offset + 4] = rate(here.samePort, hostCount);
    into[offset + 5] = elsewhere.otherHosts === 0 ? 0 : rate(1 + elsewhere.otherHosts, serviceCount);
    into[offset + 6] = rate(here.synErrors, hostCount);
    into[offset + 7] = rate(here.serviceSynErrors + elsewhere.synErrors, serviceCount);
    into[offset + 8] = rate(here.rejections, hostCount);
    into[offset + 9] = rate(here.serviceRejections + elsewhere.rejections, serviceCount);
  }

  /** Takes a connection in. */
  add(host: Track, service: Track, error: FlagError, sourcePort: number): void {
    host.last.push(service.id, error, sourcePort);
    service.last.push(host.id, error, sourcePort);
  }

  /** Counts a host's connections, and among them those of a service. */
  #countHost({ last: { size, words } }: Track, service: number, sourcePort: number) {
    let sameService = 0;
    let samePort = 0;
    let otherServices = 0;
    let synErrors = 0;
    let rejections = 0;
    let serviceSynErrors = 0;
    let serviceRejections = 0;
    let previous = service;
    this.#seen.clear();
    for (let place = 0; place < 2 * size; place += 2) {
      const partner = partnerOf(words[place]);
      const failure = errorOf(words[place]);
      const isSame = partner === service;
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
    return {
      sameService,
      samePort,
      otherServices,
      synErrors,
      rejections,
      serviceSynErrors,
      serviceRejections,
    };
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
