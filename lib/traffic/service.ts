import type { Connection } from "./connection";

/** What tells a connection's service; for icmp the ports are type and code. */
export type ServiceFields = Pick<Connection, "protocol" | "sourcePort" | "destinationPort">;

/**
 * The tcp ports that have a name in KDD'99, one a name: neptune's flood, which goes through the ports below 1024, left
 * about as many rows of each name in the files. Of names that lists of ports give twice, this is the port that lists of
 * 1998 have (`rje` 77, `remote_job` 5, `link` 87, `sql_net` 150, `mtp` 57). `IRC` and `X11` are above: neptune has none
 * of them. `aol`, `http_2784` and `http_8001` are only in the full file. Three names stand for no known port: `harvest`,
 * `pm_dump`, and tcp's `icmp`.
 */
const tcpPorts: readonly (readonly [name: string, port: number])[] = [
  ["remote_job", 5],
  ["echo", 7],
  ["discard", 9],
  ["systat", 11],
  ["daytime", 13],
  ["netstat", 15],
  ["ftp_data", 20],
  ["ftp", 21],
  ["ssh", 22],
  ["telnet", 23],
  ["smtp", 25],
  ["time", 37],
  ["name", 42],
  ["whois", 43],
  ["domain", 53],
  ["mtp", 57],
  ["gopher", 70],
  ["rje", 77],
  ["finger", 79],
  ["http", 80],
  ["ctf", 84],
  ["link", 87],
  ["supdup", 95],
  ["hostnames", 101],
  ["iso_tsap", 102],
  ["csnet_ns", 105],
  ["pop_2", 109],
  ["pop_3", 110],
  ["sunrpc", 111],
  ["auth", 113],
  ["uucp_path", 117],
  ["nntp", 119],
  ["netbios_ns", 137],
  ["netbios_dgm", 138],
  ["netbios_ssn", 139],
  ["imap4", 143],
  ["sql_net", 150],
  ["vmnet", 175],
  ["bgp", 179],
  ["Z39_50", 210],
  ["ldap", 389],
  ["nnsp", 433],
  ["http_443", 443],
  ["exec", 512],
  ["login", 513],
  ["shell", 514],
  ["printer", 515],
  ["efs", 520],
  ["courier", 530],
  ["uucp", 540],
  ["klogin", 543],
  ["kshell", 544],
  ["http_2784", 2784],
  ["aol", 5190],
  ["X11", 6000],
  ["IRC", 6667],
  ["http_8001", 8001],
];

const tcpNames = new Map(tcpPorts.map(([name, port]) => [port, name]));

const udpNames = new Map([
  [53, "domain_u"],
  [69, "tftp_u"],
  [123, "ntp_u"],
]);

/** By type and code of an icmp message. */
const icmpNames = ["eco_i", "ecr_i", "red_i", "tim_i", "urh_i", "urp_i", "oth_i"];

/**
 * KDD'99's name for the service of a connection, by port and not by what was said: the port's name if it has one in
 * KDD, else `private` below 1024 and `other` above. tcp from port 20 is `ftp_data`; icmp goes by type and code. A
 * protocol besides these three is `other`.
 *
 * @example
 * kddService({ protocol: "tcp", sourcePort: 40_000, destinationPort: 80 }); // "http"
 */
export function kddService({ protocol, sourcePort, destinationPort }: ServiceFields): string {
  const unnamed = destinationPort < 1_024 ? "private" : "other";
  switch (protocol) {
    case "tcp":
      return sourcePort === 20 ? "ftp_data" : (tcpNames.get(destinationPort) ?? unnamed);
    case "udp":
      return udpNames.get(destinationPort) ?? unnamed;
    case "icmp":
      return icmpName(sourcePort, destinationPort);
    default:
      return "other";
  }
}

/**
 * A number that is the same for two connections if and only if the windows count them as of one service: tcp and udp
 * ports apart, as KDD has `domain` and `domain_u`; before the names collapse, so that ports 3000 and 4000 are two
 * services although both are `other`. icmp counts by name, and `ftp_data`, whose destination port is any, by port 20.
 */
export function serviceId({ protocol, sourcePort, destinationPort }: ServiceFields): number {
  switch (protocol) {
    case "tcp":
      return sourcePort === 20 ? 20 : destinationPort;
    case "udp":
      return 0x10000 + destinationPort;
    case "icmp":
      return 0x20000 + icmpNames.indexOf(icmpName(sourcePort, destinationPort));
    default:
      return 0x30000 + destinationPort;
  }
}

/** Whether a number of {@link serviceId} is that of icmp. */
export function isIcmpService(id: number): boolean {
  return id >= 0x20000 && id < 0x30000;
}

function icmpName(type: number, code: number): string {
  switch (type) {
    case 8:
      return "eco_i";
    case 0:
      return "ecr_i";
    case 3:
      return code === 3 ? "urp_i" : code === 0 || code === 1 ? "urh_i" : "oth_i";
    case 5:
      return "red_i";
    case 11:
      return "tim_i";
    default:
      return "oth_i";
  }
}
