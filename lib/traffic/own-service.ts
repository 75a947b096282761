import type { Connection } from "./connection";
import { Recurring } from "./logs/values";

/** What tells a connection's service; for icmp the ports are type and code. */
export type OwnServiceFields = Pick<
  Connection,
  "protocol" | "sourceHost" | "sourcePort" | "destinationPort" | "application"
>;

/**
 * The services of today's networks by port, as IANA's registry (Service Name and Transport Protocol Port Number
 * Registry) assigns them, under the names that people use. The last column is IANA's name where it is another one; what is
 * in brackets IANA does not assign, but everybody uses. `over tls`: what an analyser recognises there may be TLS alone.
 */
const table = `
ftp              tcp      21           over tls
ftps             tcp      990          over tls
ssh              tcp      22
telnet           tcp      23
smtp             tcp      25           over tls
submission       tcp      587          over tls  also smtp
submissions      tcp      465          over tls  also smtp
pop3             tcp      110          over tls
pop3s            tcp      995          over tls  also pop3
imap             tcp      143          over tls
imaps            tcp      993          over tls  also imap
dns              tcp/udp  53           iana domain
dot              tcp/udp  853          over tls  also dns,quic  iana domain-s
mdns             udp      5353         also dns
llmnr            udp      5355         also dns
dhcp             udp      67,68,546,547  iana bootps,bootpc,dhcpv6-client,dhcpv6-server
ntp              tcp/udp  123
tftp             udp      69
snmp             tcp/udp  161,162
syslog           udp      514
http             tcp      80
http-alt         tcp      8008,8080,(8000)  also http
https            tcp      443          over tls
https-alt        tcp      8443         over tls  iana pcsync-https
quic             udp      443          over tls  iana https
kerberos         tcp/udp  88,464       iana kerberos,kpasswd
ldap             tcp/udp  389          over tls
ldaps            tcp      636          over tls  also ldap
global-catalog   tcp      3268,3269    over tls  also ldap  iana msft-gc,msft-gc-ssl
smb              tcp/udp  445          iana microsoft-ds
netbios          tcp/udp  137,138,139  also smb,dns  iana netbios-ns,netbios-dgm,netbios-ssn
msrpc            tcp      135          iana epmap
winrm            tcp      5985,5986    over tls  also http  iana wsman,wsmans
rdp              tcp/udp  3389         over tls  iana ms-wbt-server
vnc              tcp      5900         iana rfb
x11              tcp      6000
sunrpc           tcp/udp  111
nfs              tcp/udp  2049
printer          tcp      515,631,9100 over tls  also http  iana printer,ipp,pdl-datastream
ident            tcp      113          iana auth
bgp              tcp      179
radius           udp      1812,1813
ike              udp      500,4500     iana isakmp,ipsec-nat-t
openvpn          tcp/udp  1194         over tls
wireguard        udp      (51820)
socks            tcp      1080
stun             tcp/udp  3478
ssdp             udp      1900         also http
sip              tcp/udp  5060,5061    over tls
xmpp             tcp      5222,5269    over tls
irc              tcp      6667,6697    over tls
mqtt             tcp      1883,8883    over tls
amqp             tcp      5672,5671    over tls
mssql            tcp/udp  1433,1434    over tls  iana ms-sql-s,ms-sql-m
mysql            tcp      3306         over tls
postgresql       tcp      5432         over tls
oracle           tcp      (1521)
redis            tcp      6379         over tls
mongodb          tcp      27017        over tls
memcache         tcp/udp  11211
modbus           tcp      502          iana mbap
iso-tsap         tcp      102
dnp3             tcp/udp  20000        iana dnp
`;

interface Service {
  readonly name: string;
  /** What an analyser may recognise there besides. */
  readonly also: readonly string[];
}

const byPort = { tcp: new Map<number, Service>(), udp: new Map<number, Service>() };
for (const line of table.trim().split("\n")) {
  const [name, transports, ports] = line.split(/\s+/);
  const also = /\balso (\S+)/.exec(line)?.[1].split(",") ?? [];
  const service = { name, also: [...also, ...(line.includes("over tls") ? ["tls"] : [])] };
  for (const transport of transports.split("/") as ("tcp" | "udp")[])
    for (const port of ports.replace(/[()]/g, "").split(",")) byPort[transport].set(Number(port), service);
}

/** What Zeek and Suricata call what they recognise, where it is not the name above. What tells no service is not here. */
const analysers: Readonly<Record<string, string>> = {
  ssl: "tls",
  krb: "kerberos",
  krb_tcp: "kerberos",
  krb_udp: "kerberos",
  krb5: "kerberos",
  dce_rpc: "msrpc",
  dcerpc: "msrpc",
  rdpeudp: "rdp",
  rfb: "vnc",
  ldap_tcp: "ldap",
  ldap_udp: "ldap",
  ipsec: "ike",
  dnp3_tcp: "dnp3",
  dnp3_udp: "dnp3",
  http2: "http",
  pgsql: "postgresql",
};

/** Recognised on any port, without a port of its own. */
const portless = ["tls", "ftp-data"];

/** By the type of the message (RFC 792). */
const icmpTypes: Readonly<Record<number, string>> = {
  0: "echo-reply",
  3: "unreachable",
  5: "redirect",
  8: "echo",
  11: "time-exceeded",
};

/** In version 6 (RFC 4443, RFC 4861). */
const icmpTypes6: Readonly<Record<number, string>> = {
  1: "unreachable",
  3: "time-exceeded",
  128: "echo",
  129: "echo-reply",
  133: "neighbour",
  134: "neighbour",
  135: "neighbour",
  136: "neighbour",
  137: "redirect",
};

const icmpNames = [...Object.values(icmpTypes), ...Object.values(icmpTypes6), "other"].map(
  (kind) => `icmp-${kind}`,
);

const ranges = ["system-port", "user-port", "dynamic-port"];

const named = new Set([
  ...[...byPort.tcp.values(), ...byPort.udp.values()].map(({ name }) => name),
  ...portless,
]);

/** Every name that `ownService` gives, sorted. */
export const ownServices: readonly string[] = [
  ...new Set([...named, ...icmpNames, ...ranges, "other"]),
].sort();

/**
 * The name of a connection's service as today's networks have them, for own traffic: what an analyser recognised in the
 * payload (Zeek's `service`), where it says something else than the port; else the service of the port; else which of
 * IANA's ranges the port is in. icmp goes by type; a protocol besides these three is `other`.
 *
 * @example
 * ownService({ protocol: "udp", sourceHost: "10.0.0.1", sourcePort: 40_000, destinationPort: 443 }); // "quic"
 */
export function ownService(connection: OwnServiceFields): string {
  const { protocol, sourceHost, sourcePort, destinationPort, application } = connection;
  if (protocol === "icmp") return icmpName(sourcePort, sourceHost.includes(":"));
  if (protocol !== "tcp" && protocol !== "udp") return "other";
  const service = byPort[protocol].get(destinationPort);
  const found = application === undefined ? [] : recognised.of(application);
  if (
    service &&
    (found.length === 0 || found.some((name) => name === service.name || service.also.includes(name)))
  )
    return service.name;
  const [first] = found.filter((name) => name !== "tls");
  return (
    first ?? found[0] ?? (protocol === "tcp" && sourcePort === 20 ? "ftp-data" : rangeOf(destinationPort))
  );
}

/** The services that an analyser's word names, which may be a list such as `gssapi,smb`. */
const recognised = new Recurring((application): readonly string[] =>
  application
    .toLowerCase()
    .split(",")
    .map((word) => analysers[word] ?? word)
    .filter((name) => named.has(name)),
);

/** IANA's ranges (RFC 6335). */
function rangeOf(port: number): string {
  return ranges[port < 1_024 ? 0 : port < 49_152 ? 1 : 2];
}

function icmpName(type: number, isVersion6: boolean): string {
  const name = (isVersion6 ? icmpTypes6 : icmpTypes)[type];
  return `icmp-${name ?? "other"}`;
}
