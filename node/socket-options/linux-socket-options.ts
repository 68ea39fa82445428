import { closeSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import type { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';
import type { SocketOptions } from '../../transports/socket-options.ts';
import type { Destination } from '../../transports/udp/destination.ts';
import type { LibcSockets } from './libc-sockets.ts';
import { MessageHeader } from './message-header.ts';
import { encodeSocketAddress } from './socket-address.ts';

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;

const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const IPPROTO_IP = 0;
const IP_MTU_DISCOVER = 10;
const IPPROTO_IPV6 = 41;
const IPV6_MTU_DISCOVER = 23;
const IPV6_V6ONLY = 26;
/** Never fragment, and believe no ICMP about the path: the mesh finds the path's MTU itself (ip(7), RFC 8899). */
const PMTUDISC_PROBE = 3;
const IPPROTO_UDP = 17;
const UDP_GRO = 104;

const IPPROTO_TCP = 6;
const TCP_CONGESTION = 13;
const TCP_INFO = 11;
/** Where `tcpi_rtt`, in us, stands in `struct tcp_info` (linux/tcp.h), in bytes. */
const TCP_INFO_RTT_OFFSET = 68;
/** On shorter paths than this, in us, losses are repaired in no time, and BBR's pacing only costs: a fifth of a clean link's throughput. */
const LEAST_BBR_RTT_US = 2_000;
const TCP_NOTSENT_LOWAT = 25;
/** What the kernel may hold of a TCP link beyond what is under way, in bytes: two of the largest messages. */
const UNSENT_BYTES = 128 * 1024;
const CONGESTION_CONTROL = new TextEncoder().encode('bbr');

const NO_ADDRESS = 'EAFNOSUPPORT';

/** The socket options of Linux, set through the C library; see socket(7), ip(7), udp(7) and tcp(7). */
export class LinuxSocketOptions implements SocketOptions {
  readonly name = 'koffi';
  readonly #libc: LibcSockets;
  readonly #header: MessageHeader;
  /** By the object, which a link keeps: writing an address anew for each send costs more than the send's own overhead. */
  readonly #names = new WeakMap<Destination, Uint8Array>();
  readonly #number = new Uint8Array(4);

  constructor(libc: LibcSockets) {
    this.#libc = libc;
    this.#header = new MessageHeader((bytes) => libc.address(bytes));
  }

  openDatagrams(address: string, port: number, isShared: boolean): number {
    const name = encodeSocketAddress(address, port);
    if (name === null) throw systemError('bind', NO_ADDRESS);
    const isIpv6 = isIPv6(address);
    const type = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    const descriptor = this.#libc.socket(isIpv6 ? AF_INET6 : AF_INET, type, 0);
    if (descriptor < 0) throw systemError('socket', this.#errorName());
    if (isIpv6) {
      // As node:dgram has it, whatever the system's default is.
      this.#set(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 0);
      this.#set(descriptor, IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_PROBE);
    }
    // On a socket for IPv6 too: it sends to IPv4-mapped addresses.
    this.#set(descriptor, IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_PROBE);
    this.#set(descriptor, IPPROTO_UDP, UDP_GRO, 1);
    // Not before the system chooses a port: it would take one that somebody shares.
    if (isShared && port !== 0) this.#set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
    if (this.#libc.bind(descriptor, name, name.length) < 0) {
      const error = systemError('bind', this.#errorName());
      closeSync(descriptor);
      throw error;
    }
    if (isShared) this.#set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
    return descriptor;
  }

  sendSegments(
    descriptor: number,
    destination: Destination | null,
    bytes: Uint8Array,
    offset: number,
    length: number,
    segmentBytes: number,
  ): string {
    const name = destination === null ? null : this.#nameOf(destination);
    // What can't be written as an address is left to node:dgram.
    if (name === undefined) return 'EAGAIN';
    this.#header.setName(name);
    this.#header.setContent(this.#libc.address(bytes) + BigInt(offset), length, segmentBytes);
    return this.#libc.sendmsg(descriptor, this.#header.bytes, 0) < 0 ? this.#errorName() : '';
  }

  tuneStream(socket: Socket): void {
    const descriptor = descriptorOf(socket);
    if (descriptor === null) return;
    if (this.#roundTripUs(descriptor) >= LEAST_BBR_RTT_US) {
      this.#libc.setsockopt(descriptor, IPPROTO_TCP, TCP_CONGESTION, CONGESTION_CONTROL, CONGESTION_CONTROL.length);
    }
    this.#set(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, UNSENT_BYTES);
  }

  /** The round trip of the connection's handshake; a long one where the kernel does not tell. */
  #roundTripUs(descriptor: number): number {
    const info = new Uint8Array(TCP_INFO_RTT_OFFSET + 4);
    const length = new Uint8Array(Uint32Array.of(info.length).buffer);
    const isTold = this.#libc.getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, info, length) === 0;
    return isTold ? new DataView(info.buffer).getUint32(TCP_INFO_RTT_OFFSET, true) : LEAST_BBR_RTT_US;
  }

  /** A kernel that lacks an option sends and receives all the same. */
  #set(descriptor: number, level: number, option: number, value: number): void {
    new DataView(this.#number.buffer).setInt32(0, value, true);
    this.#libc.setsockopt(descriptor, level, option, this.#number, this.#number.length);
  }

  #nameOf(destination: Destination): Uint8Array | undefined {
    const known = this.#names.get(destination);
    if (known !== undefined) return known;
    const name = encodeSocketAddress(destination.address, destination.port);
    if (name !== null) this.#names.set(destination, name);
    return name ?? undefined;
  }

  /** A call that failed for no reason told, or was interrupted, may be made again. */
  #errorName(): string {
    const errno = this.#libc.errno();
    const name = errno === 0 ? 'EAGAIN' : getSystemErrorName(-errno);
    return name === 'EINTR' ? 'EAGAIN' : name;
  }
}

function systemError(call: string, code: string): Error {
  return Object.assign(new Error(`${call} ${code}`), { code, syscall: call });
}

/**
 * Node documents no way to the descriptor of a TCP socket that it connected or accepted; its handles have shown it as `fd`
 * ever since they exist. Where that changes, the options are merely not set.
 */
function descriptorOf(socket: Socket): number | null {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (typeof handle !== 'object' || handle === null) return null;
  const descriptor: unknown = Reflect.get(handle, 'fd');
  return typeof descriptor === 'number' && descriptor >= 0 ? descriptor : null;
}
