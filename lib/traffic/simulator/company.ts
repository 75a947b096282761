/** Hosts of a small company and the world around it; the same in every simulation. */
export const company = {
  gateway: "10.20.0.1",
  nameServer: "10.20.1.2",
  mailServer: "10.20.1.3",
  webServer: "10.20.1.4",
  fileServer: "10.20.1.5",
  ftpServer: "10.20.1.6",
  loginServer: "10.20.1.7",
  monitor: "10.20.1.8",
  backupServer: "10.20.1.9",
  /** Was switched off, but some programs still ask it. */
  retiredServer: "10.20.1.99",
  printers: hosts("10.20.2", 4),
  workstations: hosts("10.20.3", 30),
  everyone: "10.20.255.255",
} as const;

export const servers: readonly string[] = [
  company.nameServer,
  company.mailServer,
  company.webServer,
  company.fileServer,
  company.ftpServer,
  company.loginServer,
  company.monitor,
  company.backupServer,
];

/** Every address of the company's three networks that a sweep would try, most of them unused. */
export const addresses: readonly string[] = ["10.20.1", "10.20.2", "10.20.3"].flatMap((network) =>
  hosts(network, 40),
);

const used = new Set([...servers, ...company.printers, ...company.workstations]);

/** Whether a host of the company answers at that address. */
export function answers(address: string): boolean {
  return used.has(address);
}

/** An address outside, of those reserved for tests (198.18.0.0/15): no real host is named. */
export function outsider(number: number): string {
  return `198.${18 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
}

/** Web sites, the popular ones first. */
export const sites: readonly string[] = Array.from({ length: 400 }, (_, i) => outsider(0x1000 + 7 * i));

/** Mail servers of customers and suppliers, the usual ones first. */
export const partners: readonly string[] = Array.from({ length: 60 }, (_, i) => outsider(0x4000 + 11 * i));

export const timeServers: readonly string[] = Array.from({ length: 4 }, (_, i) => outsider(0x0100 + i));

function hosts(network: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${network}.${i + 1}`);
}
