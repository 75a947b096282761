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
const tcpPorts = `
5 remote_job, 7 echo, 9 discard, 11 systat, 13 daytime, 15 netstat, 20 ftp_data, 21 ftp, 22 ssh, 23 telnet,
25 smtp, 37 time, 42 name, 43 whois, 53 domain, 57 mtp, 70 gopher, 77 rje, 79 finger, 80 http, 84 ctf,
87 link, 95 supdup, 101 hostnames, 102 iso_tsap, 105 csnet_ns, 109 pop_2, 110 pop_3, 111 sunrpc, 113 auth,
117 uucp_path, 119 nntp, 137 netbios_ns, 138 netbios_dgm, 139 netbios_ssn, 143 imap4, 150 sql_net,
175 vmnet, 179 bgp, 210 Z39_50, 389 ldap, 433 nnsp, 443 http_443, 512 exec, 513 login, 514 shell,
515 printer, 520 efs, 530 courier, 540 uucp, 543 klogin, 544 kshell, 2784 http_2784, 5190 aol, 6000 X11,
6667 IRC, 8001 http_8001
`;

const tcpNames = new Map(
  Array.from(tcpPorts.matchAll(/(\d+) (\w+)/g), ([, port, name]) => [Number(port), name] as const),
);

const udpNames = new Map([
  [53, "domain_u"],
  [69, "tftp_u"],
  [123, "ntp_u"],
]);

/** By type of an icmp message; of `unreachable`, which is 3, by its code. */
const icmpTypes: Readonly<Record<number, string>> = { 0: "ecr_i", 5: "red_i", 8: "eco_i", 11: "tim_i" };
const icmpUnreachable: Readonly<Record<number, string>> = { 0: "urh_i", 1: "urh_i", 3: "urp_i" };
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
  return (type === 3 ? icmpUnreachable[code] : icmpTypes[type]) ?? "oth_i";
}
