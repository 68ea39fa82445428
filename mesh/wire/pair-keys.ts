import type { NodeId } from '../../config/node-id.ts';
import { ByteWriter } from './byte-writer.ts';
import type { EphemeralKey } from './ephemeral-keys.ts';
import type { NetworkKeys } from './network-keys.ts';
import { KEY_BYTES } from './sodium.ts';
import type { Sodium } from './sodium.ts';

const encoder = new TextEncoder();
const PAIR_LABEL = encoder.encode('uservpn 1 pair');
const TRAFFIC_LABEL = encoder.encode('uservpn 1 traffic');

/** Two network keys, two live own E and a few of the peer's; the least recently used goes first. */
const MAX_PAIRS = 8;

/** Two directions of a session that ends, one that begins, and some that turn out to be forged. */
const MAX_TRAFFIC_KEYS = 8;

/** This node in the pair: its number and S, the X25519 key that derives from its identity. */
export interface OwnStatic {
  readonly id: NodeId;
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** The other node: its number and the public S that derives from its identity. */
export interface PeerStatic {
  readonly id: NodeId;
  readonly publicKey: Uint8Array;
}

interface TrafficKey {
  readonly key: Uint8Array;
  readonly session: number;
  readonly origin: NodeId;
  usedAt: number;
}

interface Pair {
  readonly network: NetworkKeys;
  readonly ownE: EphemeralKey;
  readonly peerE: Uint8Array;
  /** Null where a Diffie-Hellman result was all zero: nothing can be sent or received with these keys. */
  readonly key: Uint8Array | null;
  readonly traffic: TrafficKey[];
  usedAt: number;
}

/**
 * The keys this node shares with one peer (PROTOCOL section 1, level 2), made when they are asked for and kept,
 * a bounded number of them. What falls out is overwritten.
 */
export class PairKeys {
  readonly #sodium: Sodium;
  readonly #own: OwnStatic;
  readonly #peer: PeerStatic;
  #pairs: Pair[] = [];
  #uses = 0;

  /** `own` and `peer` are kept, not copied. Throws a RangeError where both have the same number. */
  constructor(sodium: Sodium, own: OwnStatic, peer: PeerStatic) {
    if (own.id === peer.id) throw new RangeError(`node ${own.id} has no keys with itself`);
    this.#sodium = sodium;
    this.#own = own;
    this.#peer = peer;
  }

  /**
   * The key for what `origin`, one of the two, seals in a session; null where `ownE` is erased, `origin` is
   * somebody else, or a key of the peer's is one that makes a Diffie-Hellman result all zero.
   *
   * Valid within the call only: ask again for each message, which allocates nothing while the key is known.
   */
  trafficKey(
    network: NetworkKeys,
    ownE: EphemeralKey,
    peerE: Uint8Array,
    session: number,
    origin: NodeId,
  ): Uint8Array | null {
    if (ownE.erased || peerE.length !== KEY_BYTES) return null;
    if (origin !== this.#own.id && origin !== this.#peer.id) return null;
    const pair = this.#find(network, ownE, peerE) ?? this.#addPair(network, ownE, peerE);
    pair.usedAt = ++this.#uses;
    if (pair.key === null) return null;
    for (const known of pair.traffic) {
      if (known.session === session && known.origin === origin) {
        known.usedAt = this.#uses;
        return known.key;
      }
    }
    return this.#addTrafficKey(pair, pair.key, session, origin);
  }

  /** Overwrites what was derived from erased ephemeral keys. To be called whenever `EphemeralKeys.tick` says so. */
  dropErased(): void {
    this.#drop((pair) => pair.ownE.erased);
  }

  /** Overwrites what was derived from a network key that is no longer accepted. */
  dropNetwork(network: NetworkKeys): void {
    this.#drop((pair) => pair.network === network);
  }

  /** Overwrites everything. */
  dropAll(): void {
    this.#drop(() => true);
  }

  #drop(isDropped: (pair: Pair) => boolean): void {
    this.#pairs = this.#pairs.filter((pair) => {
      const drop = isDropped(pair);
      if (drop) this.#wipe(pair);
      return !drop;
    });
  }

  #find(network: NetworkKeys, ownE: EphemeralKey, peerE: Uint8Array): Pair | undefined {
    for (const pair of this.#pairs) {
      if (pair.network === network && pair.ownE === ownE && this.#sodium.equal(pair.peerE, peerE)) return pair;
    }
    return undefined;
  }

  #addPair(network: NetworkKeys, ownE: EphemeralKey, peerE: Uint8Array): Pair {
    if (this.#pairs.length >= MAX_PAIRS) this.#wipe(removeLeastUsed(this.#pairs));
    const key = this.#pairKey(network, ownE, peerE);
    const pair = { network, ownE, peerE: peerE.slice(), key, traffic: [], usedAt: 0 };
    this.#pairs.push(pair);
    return pair;
  }

  #addTrafficKey(pair: Pair, pairKey: Uint8Array, session: number, origin: NodeId): Uint8Array {
    if (pair.traffic.length >= MAX_TRAFFIC_KEYS) this.#sodium.wipe(removeLeastUsed(pair.traffic).key);
    const input = new ByteWriter(new Uint8Array(TRAFFIC_LABEL.length + 5));
    input.raw(TRAFFIC_LABEL).u8(origin).u32(session);
    const key = new Uint8Array(KEY_BYTES);
    this.#sodium.hash(key, input.bytes, pairKey);
    pair.traffic.push({ key, session, origin, usedAt: this.#uses });
    return key;
  }

  #pairKey(network: NetworkKeys, ownE: EphemeralKey, peerE: Uint8Array): Uint8Array | null {
    const sodium = this.#sodium;
    const own = this.#own;
    const peer = this.#peer;
    const isLow = own.id < peer.id;
    const ownEPeerS = sodium.scalarMult(ownE.secretKey, peer.publicKey);
    const ownSPeerE = sodium.scalarMult(own.secretKey, peerE);
    const shared = [
      sodium.scalarMult(own.secretKey, peer.publicKey),
      isLow ? ownEPeerS : ownSPeerE,
      isLow ? ownSPeerE : ownEPeerS,
      sodium.scalarMult(ownE.secretKey, peerE),
    ];
    const input = new ByteWriter(new Uint8Array(PAIR_LABEL.length + 2 + 8 * KEY_BYTES)).raw(PAIR_LABEL);
    if (isLow) input.u8(own.id).u8(peer.id).raw(own.publicKey).raw(peer.publicKey).raw(ownE.publicKey).raw(peerE);
    else input.u8(peer.id).u8(own.id).raw(peer.publicKey).raw(own.publicKey).raw(peerE).raw(ownE.publicKey);
    let key: Uint8Array | null = null;
    if (shared.every((result) => result !== null)) {
      for (const result of shared) input.raw(result);
      key = new Uint8Array(KEY_BYTES);
      sodium.hash(key, input.bytes, network.key);
    }
    sodium.wipe(input.bytes);
    for (const result of shared) if (result !== null) sodium.wipe(result);
    return key;
  }

  #wipe(pair: Pair): void {
    if (pair.key !== null) this.#sodium.wipe(pair.key);
    for (const { key } of pair.traffic) this.#sodium.wipe(key);
  }
}

/** Removes and returns the entry whose use is longest ago, of at least one. */
function removeLeastUsed<T extends { usedAt: number }>(entries: T[]): T {
  let oldest = 0;
  for (let i = 1; i < entries.length; i++) if (entries[i]!.usedAt < entries[oldest]!.usedAt) oldest = i;
  return entries.splice(oldest, 1)[0]!;
}
