import type { NodeId } from '../../config/node-id.ts';
import type { EphemeralKey, EphemeralKeys } from '../wire/ephemeral-keys.ts';
import { ERASE_KEY_AFTER_MS, keyIdOf, NEW_KEY_AFTER_MS } from '../wire/ephemeral-keys.ts';
import type { Header } from '../wire/header.ts';
import type { NetworkKeys } from '../wire/network-keys.ts';
import { type OwnStatic, PairKeys } from '../wire/pair-keys.ts';
import type { Sodium } from '../wire/sodium.ts';

/** Ephemeral keys of the peer that are kept: the current one, the one before, and one under way. */
const MAX_PEER_KEYS = 3;
/** How many new ephemeral keys a peer may show in an hour: one an hour is normal, each restart makes one more. */
const MAX_NEW_KEYS = 60;
const NEW_KEYS_WINDOW_MS = 3_600_000;
/** A HELLO names its sender's newest key, which lives for at least this long from then on, in ms; a minute is for the way. */
const SURELY_ALIVE_MS = ERASE_KEY_AFTER_MS - NEW_KEY_AFTER_MS - 60_000;

interface PeerEphemeral {
  readonly id: number;
  readonly publicKey: Uint8Array;
}

/** Which keys of the own and the peer's side are in use between them, and which the peer has shown to know. */
export class PeerKeys {
  readonly #sodium: Sodium;
  readonly #own: OwnStatic;
  readonly #ephemeral: EphemeralKeys;
  readonly #pair: PairKeys;
  /** Newest first. */
  #peerKeys: PeerEphemeral[] = [];
  #learnedAtMs: number[] = [];
  #acknowledged: EphemeralKey | null = null;
  /** When a HELLO named the peer's newest E last. */
  #namedAtMs = Number.NEGATIVE_INFINITY;

  constructor(sodium: Sodium, own: OwnStatic, ephemeral: EphemeralKeys, pair: PairKeys) {
    this.#sodium = sodium;
    this.#own = own;
    this.#ephemeral = ephemeral;
    this.#pair = pair;
  }

  /** The key id of the peer's newest E, or 0. */
  get peerKeyId(): number {
    return this.#peerKeys[0]?.id ?? 0;
  }

  /** True where both sides have what sealing needs. */
  get isReady(): boolean {
    return this.#peerKeys.length > 0 && this.#ownKey() !== null;
  }

  /** True where the peer has yet to show that it knows the newest own E. */
  get isNewestUnacknowledged(): boolean {
    return this.#acknowledged !== this.#ephemeral.current;
  }

  /** Takes the E of a verified HELLO, which is used at once. False where the peer shows too many. */
  learn(publicKey: Uint8Array, nowMs: number): boolean {
    const id = keyIdOf(this.#sodium, publicKey);
    if (id === this.peerKeyId) this.#namedAtMs = nowMs;
    // A HELLO that was overtaken by one with a newer E does not bring the older E back.
    if (this.#peerKeys.some((key) => key.id === id && this.#sodium.equal(key.publicKey, publicKey))) return true;
    this.#learnedAtMs = this.#learnedAtMs.filter((atMs) => nowMs - atMs < NEW_KEYS_WINDOW_MS);
    if (this.#learnedAtMs.length >= MAX_NEW_KEYS) return false;
    this.#learnedAtMs.push(nowMs);
    this.#peerKeys.unshift({ id, publicKey: new Uint8Array(publicKey) });
    this.#peerKeys.length = Math.min(this.#peerKeys.length, MAX_PEER_KEYS);
    this.#namedAtMs = nowMs;
    return true;
  }

  /** Whether what is sealed to the peer now may not be opened there any more, or can't be sealed. */
  mayBeDead(nowMs: number): boolean {
    return !this.isReady || nowMs - this.#namedAtMs > SURELY_ALIVE_MS;
  }

  /** The peer's process is a new one: what it knew and had is gone. */
  forgetPeer(): void {
    this.#peerKeys = [];
    this.#acknowledged = null;
  }

  /** The peer named or used this own E. Returns whether it is a live one. */
  acknowledge(ownKeyId: number): boolean {
    const key = this.#ephemeral.byId(ownKeyId);
    if (key === null) return false;
    if (key === this.#ephemeral.current || this.#ownKey() === null) this.#acknowledged = key;
    return true;
  }

  /** True where the E that a message was sealed with is known. */
  knowsOrigin(header: Header): boolean {
    return this.#peerKeys.some((key) => key.id === header.originKeyId);
  }

  /** The key that opens the payload of a message from the peer, or null. */
  receiveKey(header: Header, network: NetworkKeys): Uint8Array | null {
    const own = this.#ephemeral.byId(header.destinationKeyId);
    const peer = this.#peerKeys.find((key) => key.id === header.originKeyId);
    if (own === null || peer === undefined || header.origin === 0) return null;
    return this.#pair.trafficKey(network, own, peer.publicKey, header.session, header.origin);
  }

  /** The key that seals to the peer, or null; puts the key ids into the header. */
  sendKey(header: Header, network: NetworkKeys): Uint8Array | null {
    const own = this.#ownKey();
    const peer = this.#peerKeys[0];
    if (own === null || peer === undefined) return null;
    header.originKeyId = own.id;
    header.destinationKeyId = peer.id;
    return this.#pair.trafficKey(network, own, peer.publicKey, header.session, this.#own.id);
  }

  /** An own E was erased. */
  dropErased(): void {
    this.#pair.dropErased();
  }

  /** A network key is no longer accepted. */
  dropNetwork(network: NetworkKeys): void {
    this.#pair.dropNetwork(network);
  }

  /** Overwrites everything. */
  wipe(): void {
    this.#pair.dropAll();
    this.forgetPeer();
  }

  /** The own E to seal with: the one the peer was last known to have, while it lives. */
  #ownKey(): EphemeralKey | null {
    return this.#acknowledged === null || this.#acknowledged.erased ? null : this.#acknowledged;
  }
}

/** The keys shared with a peer of this identity; null where that is no usable key. */
export function makePeerKeys(
  sodium: Sodium,
  own: OwnStatic,
  ephemeral: EphemeralKeys,
  id: NodeId,
  identity: Uint8Array,
): PeerKeys | null {
  const publicKey = sodium.x25519FromSignPublic(identity);
  return publicKey && new PeerKeys(sodium, own, ephemeral, new PairKeys(sodium, own, { id, publicKey }));
}
