import type { NodeId } from '../../config/node-id.ts';
import type { Credential } from '../gossip/credential.ts';
import { decodeHello, type Hello, signHello, verifyHello } from '../gossip/hello.ts';
import { HelloWindow } from '../gossip/hello-window.ts';
import type { Incarnation } from '../gossip/incarnation.ts';
import type { Link } from '../link.ts';
import type { RandomSource } from '../random-source.ts';
import { decodeFrames } from '../session/decode-frames.ts';
import { encodeFrame } from '../session/encode-frame.ts';
import type { Frame } from '../session/frame.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import { Header, SEAL_BYTES } from '../wire/header.ts';
import type { NetworkKeys } from '../wire/network-keys.ts';
import type { KeyPair, Sodium } from '../wire/sodium.ts';
import type { PeerLink } from './peer-link.ts';

/** Longest message with a HELLO, in bytes: it must pass a path MTU of 576 (PROTOCOL section 2). */
const MAX_HELLO_MESSAGE_BYTES = 548;

/** Waste on a CHALLENGE that opens a way, beside up to 31 bytes: 163 bytes at least. */
const LEAST_OPENER_WASTE_BYTES = 90;

/** How the greeter seals: fills in the time, and seals the payload that stands at 64. */
export type SealBootstrap = (out: Uint8Array, header: Header, network: NetworkKeys) => number;

/** What a level 0 payload brought, not yet judged. */
export interface Greeting {
  readonly hello: Hello | null;
  readonly challenge: Uint8Array | null;
}

/** Writes and reads the messages of level 0: HELLO and CHALLENGE. */
export class Greeter {
  readonly window = new HelloWindow();
  readonly #sodium: Sodium;
  readonly #random: RandomSource;
  readonly #identity: KeyPair;
  readonly #incarnation: Pick<Incarnation, 'current'>;
  readonly #seal: SealBootstrap;
  readonly #header = new Header();
  readonly #payload = new Uint8Array(MAX_HELLO_MESSAGE_BYTES - SEAL_BYTES);
  #counter = 0;
  #packetNumber = 0;

  constructor(
    sodium: Sodium,
    random: RandomSource,
    own: { readonly id: NodeId; readonly identity: KeyPair; readonly incarnation: Pick<Incarnation, 'current'> },
    seal: SealBootstrap,
  ) {
    this.#sodium = sodium;
    this.#random = random;
    this.#identity = own.identity;
    this.#incarnation = own.incarnation;
    this.#seal = seal;
    this.#header.keyLevel = 0;
    this.#header.origin = own.id;
  }

  /** Sends a HELLO, with a CHALLENGE where the link is not validated. Destination 0: whoever answers there. */
  sendHello(
    peerLink: PeerLink,
    destination: NodeId | 0,
    network: NetworkKeys,
    fields: {
      readonly credential: Credential;
      readonly ephemeralPublicKey: Uint8Array;
      readonly session: number;
      readonly peerKeyId: number;
    },
  ): void {
    const numbers = { incarnation: this.#incarnation.current, counter: ++this.#counter };
    const hello = signHello(this.#sodium, this.#identity.secretKey, destination, { ...fields, ...numbers });
    const frames: Frame[] = [{ type: 'hello', bytes: hello.bytes }];
    if (!peerLink.isValidated) frames.push(this.#challenge(peerLink));
    this.#send(peerLink, destination, network, frames);
  }

  /** Sends a CHALLENGE alone. */
  sendChallenge(peerLink: PeerLink, destination: NodeId, network: NetworkKeys): void {
    this.#send(peerLink, destination, network, [this.#challenge(peerLink)]);
  }

  /** Sends a CHALLENGE that somebody else made, in at most 200 bytes: three times that is enough for a HELLO. */
  sendOpener(link: Link, destination: NodeId, network: NetworkKeys, token: Uint8Array): void {
    const wasteBytes = LEAST_OPENER_WASTE_BYTES + (this.#randomByte() & 31);
    const way = { link, relay1: 0, relay2: 0 } as const;
    this.#write(way, destination, network, [{ type: 'challenge', token }], () => wasteBytes);
  }

  /** Reads a level 0 payload that was opened; null where it is malformed. */
  read(payload: Uint8Array): Greeting | null {
    const frames = decodeFrames(payload, 0);
    if (frames === null) return null;
    let hello: Hello | null = null;
    let challenge: Uint8Array | null = null;
    for (const frame of frames) {
      if (frame.type === 'hello') hello = decodeHello(frame.bytes);
      else if (frame.type === 'challenge') challenge = frame.token;
    }
    return { hello, challenge };
  }

  /** True where the HELLO is new and signed for this way; the membership has still to judge its credential. */
  isGenuine(hello: Hello, origin: NodeId, destination: NodeId | 0): boolean {
    const { identity } = hello.credential.binding;
    return this.window.isFresh(identity, hello) && verifyHello(this.#sodium, hello, origin, destination);
  }

  /** True for a HELLO, not seen yet and signed for this way, of a process that a newer one has taken the place of. */
  isFormer(hello: Hello, origin: NodeId, destination: NodeId | 0): boolean {
    const { identity } = hello.credential.binding;
    return this.window.isFormer(identity, hello) && verifyHello(this.#sodium, hello, origin, destination);
  }

  #challenge(peerLink: PeerLink): Frame {
    if (peerLink.challenge === null) {
      peerLink.challenge = new Uint8Array(8);
      this.#random.fill(peerLink.challenge);
    }
    return { type: 'challenge', token: peerLink.challenge };
  }

  #send(peerLink: PeerLink, destination: NodeId | 0, network: NetworkKeys, frames: readonly Frame[]): void {
    // An address that is not validated gets no more than three times what came from it.
    const limitBytes = Math.min(MAX_HELLO_MESSAGE_BYTES, peerLink.allowanceBytes);
    const bytes = this.#write(peerLink, destination, network, frames, (neededBytes) =>
      limitBytes < neededBytes ? null : Math.min(limitBytes - neededBytes, 255, this.#randomByte() & 127),
    );
    peerLink.sent(bytes);
  }

  /** Sends a message; `wasteFor` says how much waste is added to so many bytes, or null where those are too many. */
  #write(
    { link, relay1, relay2 }: Pick<PeerLink, 'link' | 'relay1' | 'relay2'>,
    destination: NodeId | 0,
    network: NetworkKeys,
    frames: readonly Frame[],
    wasteFor: (neededBytes: number) => number | null,
  ): number {
    const writer = new ByteWriter(this.#payload);
    for (const frame of frames) encodeFrame(writer, frame);
    const wasteBytes = wasteFor(SEAL_BYTES + writer.offset);
    if (wasteBytes === null) return 0;
    const header = this.#header;
    header.session = this.#incarnation.current;
    header.relay1 = relay1;
    header.relay2 = relay2;
    header.destination = destination;
    header.packetNumber = this.#packetNumber++;
    header.payloadBytes = writer.offset;
    header.wasteBytes = wasteBytes;
    const buffer = link.takeBuffer(MAX_HELLO_MESSAGE_BYTES);
    buffer.set(writer.written(), SEAL_BYTES);
    const bytes = this.#seal(buffer, header, network);
    link.send(buffer, bytes, bytes);
    return bytes;
  }

  #randomByte(): number {
    const random = new Uint8Array(1);
    this.#random.fill(random);
    return random[0]!;
  }
}
