import { networkInterfaces } from 'node:os';

/** The machine's addresses by which others can reach it, or it them: without loopback, and without IPv6 addresses of one link. */
export function localAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address);
}
