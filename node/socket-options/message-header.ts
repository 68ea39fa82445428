import { MAX_SOCKET_ADDRESS_BYTES } from './socket-address.ts';

const IPPROTO_UDP = 17;
const UDP_SEGMENT = 103;

/** Where the parts lie in one piece of memory. */
const IOVEC_AT = 64;
const CONTROL_AT = 96;
const NAME_AT = 128;
const TOTAL_BYTES = NAME_AT + MAX_SOCKET_ADDRESS_BYTES;

/** `CMSG_SPACE` of the u16 that UDP_SEGMENT takes (cmsg(3)): a header of 16 bytes and the value padded to 8. */
const CONTROL_SPACE_BYTES = 24;
const CONTROL_BYTES = 18;

/**
 * The argument of sendmsg(2) on 64-bit little-endian Linux, written anew for each call without allocating. C libraries differ in
 * the width of some lengths only, whose upper halves are zero.
 *
 * ```
 *   0  name pointer    8  name bytes      16  iovec pointer   24  iovecs
 *  32  control pointer 40  control bytes  48  flags
 *  64  iovec: pointer, bytes
 *  96  control message: bytes, level, type, segment bytes u16
 * 128  name: a socket address
 * ```
 */
export class MessageHeader {
  /** What sendmsg gets. */
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #baseAddress: bigint;
  #name: Uint8Array | null = null;

  /** `addressOf` tells where the memory of an array lies. */
  constructor(addressOf: (bytes: Uint8Array) => bigint) {
    // More than 64 bytes, so that they never move.
    const memory = new ArrayBuffer(TOTAL_BYTES);
    this.bytes = new Uint8Array(memory);
    this.#view = new DataView(memory);
    this.#baseAddress = addressOf(this.bytes);
    this.#view.setBigUint64(16, this.#baseAddress + BigInt(IOVEC_AT), true);
    this.#view.setBigUint64(24, 1n, true);
    this.#view.setBigUint64(32, this.#baseAddress + BigInt(CONTROL_AT), true);
    this.#view.setBigUint64(CONTROL_AT, BigInt(CONTROL_BYTES), true);
    this.#view.setInt32(CONTROL_AT + 8, IPPROTO_UDP, true);
    this.#view.setInt32(CONTROL_AT + 12, UDP_SEGMENT, true);
  }

  /** `name` is a socket address, null on a connected socket; its content must not change while it is used here. */
  setName(name: Uint8Array | null): void {
    if (name === this.#name) return;
    this.#name = name;
    if (name !== null) this.bytes.set(name, NAME_AT);
    this.#view.setBigUint64(0, name === null ? 0n : this.#baseAddress + BigInt(NAME_AT), true);
    this.#view.setUint32(8, name?.length ?? 0, true);
  }

  /** `length` bytes of memory at `address`, as datagrams of `segmentBytes` where there is more than one. */
  setContent(address: bigint, length: number, segmentBytes: number): void {
    this.#view.setBigUint64(IOVEC_AT, address, true);
    this.#view.setUint32(IOVEC_AT + 8, length, true);
    const isBatch = length > segmentBytes;
    this.#view.setUint32(40, isBatch ? CONTROL_SPACE_BYTES : 0, true);
    if (isBatch) this.#view.setUint16(CONTROL_AT + 16, segmentBytes, true);
  }
}
