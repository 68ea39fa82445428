import { isIPv6 } from 'node:net';
import type { Destination } from './destination.ts';

interface LocalPort {
  readonly isIpv6: boolean;
  readonly port: number;
  readonly remotes: Set<string>;
}

/**
 * Which own ports dialled links leave from: one for all, because NATs that give an own port one port of theirs then show
 * the same one to everybody, which makes hole punching possible (RFC 4787 section 4.1). A second link to the same remote
 * leaves from another: it is dialled because the first one may not work.
 */
export class LocalPorts {
  /** The newest first. */
  #ports: LocalPort[] = [];

  /** The port for a link to this remote; 0 where it should be a new one. */
  choose(remote: Destination): number {
    const family = isIPv6(remote.address);
    return this.#ports.find(({ isIpv6, remotes }) => isIpv6 === family && !remotes.has(nameOf(remote)))?.port ?? 0;
  }

  /** A link to this remote leaves from this port now. */
  opened(port: number, remote: Destination): void {
    const family = isIPv6(remote.address);
    let entry = this.#ports.find((other) => other.port === port && other.isIpv6 === family);
    if (entry === undefined) {
      entry = { isIpv6: family, port, remotes: new Set() };
      this.#ports.unshift(entry);
    }
    entry.remotes.add(nameOf(remote));
  }

  /** The link is closed. A port that nobody uses any more may be somebody else's soon. */
  closed(port: number, remote: Destination): void {
    const family = isIPv6(remote.address);
    const entry = this.#ports.find((other) => other.port === port && other.isIpv6 === family);
    entry?.remotes.delete(nameOf(remote));
    if (entry?.remotes.size === 0) this.#ports = this.#ports.filter((other) => other !== entry);
  }
}

function nameOf({ address, port }: Destination): string {
  return `${address} ${port}`;
}
