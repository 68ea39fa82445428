import type { ConnectFailure } from '../connect-outcome.ts';
import { parseHost } from '../host-text.ts';
import type { Host, Target } from '../../mesh/session/target.ts';
import type { IngressEvent, IngressProtocol, IngressRejection } from './ingress-protocol.ts';
import { SOCKS5_REPLY, socks5Refusal, socks5ReplyCode, socks5Success } from './socks5-reply.ts';

const VERSION = 0x05;
const NO_AUTHENTICATION = 0x00;
const NO_ACCEPTABLE_METHOD = 0xff;
const CONNECT = 0x01;

/**
 * SOCKS version 5 (RFC 1928) without authentication, CONNECT only.
 *
 * ```
 * greeting: version 5 | count | count methods
 * request:  version 5 | command | reserved | address type | address | port u16
 *           address type 1: 4 bytes, 3: length u8 and a name, 4: 16 bytes
 * ```
 *
 * Both messages have a one-byte length at most, so it never keeps more than 262 bytes, whatever comes. Programs may
 * send greeting, request and their own first bytes at once, without waiting for answers.
 */
export class Socks5Request implements IngressProtocol {
  readonly name = 'socks5';
  #state: 'greeting' | 'request' | 'over' = 'greeting';
  #kept: Uint8Array = new Uint8Array(0);

  receive(bytes: Uint8Array): readonly IngressEvent[] {
    const events: IngressEvent[] = [];
    let input = this.#kept.length === 0 ? bytes : concat(this.#kept, bytes);
    if (this.#state === 'greeting') input = this.#greeting(input, events);
    if (this.#state === 'request') input = this.#request(input, events);
    this.#kept = this.#state === 'over' ? new Uint8Array(0) : input.slice();
    return events;
  }

  successReply(bound: Target): Uint8Array {
    return socks5Success(bound);
  }

  failureReply(reason: ConnectFailure): Uint8Array {
    return socks5Refusal(socks5ReplyCode(reason));
  }

  /** Returns what it did not use. */
  #greeting(input: Uint8Array, events: IngressEvent[]): Uint8Array {
    if (input.length >= 1 && input[0] !== VERSION) return this.#close(events, null, 'malformed');
    const count = input[1];
    if (count === undefined || input.length < 2 + count) return input;
    if (!input.subarray(2, 2 + count).includes(NO_AUTHENTICATION)) {
      return this.#close(events, Uint8Array.of(VERSION, NO_ACCEPTABLE_METHOD), 'no-common-method');
    }
    events.push({ type: 'send', bytes: Uint8Array.of(VERSION, NO_AUTHENTICATION) });
    this.#state = 'request';
    return input.subarray(2 + count);
  }

  /** Returns what it did not use. */
  #request(input: Uint8Array, events: IngressEvent[]): Uint8Array {
    if (input.length >= 1 && input[0] !== VERSION) return this.#close(events, null, 'malformed');
    const addressType = input[3];
    if (addressType === undefined) return input;
    const address = addressRange(addressType, input[4]);
    if (address === 'unknown-type') {
      const reply = socks5Refusal(SOCKS5_REPLY.addressTypeNotSupported);
      return this.#close(events, reply, 'address-type-not-supported');
    }
    if (address === 'incomplete' || input.length < address.end + 2) return input;

    // BIND, UDP ASSOCIATE and anything else. Only now that the request is complete may it be answered: closing over unread bytes would destroy the answer.
    const command = input[1];
    if (command !== CONNECT) {
      return this.#close(events, socks5Refusal(SOCKS5_REPLY.commandNotSupported), 'command-not-supported');
    }
    const host = readHost(addressType, input.subarray(address.start, address.end));
    if (host === null) return this.#close(events, socks5Refusal(SOCKS5_REPLY.generalFailure), 'bad-host-name');
    const port = (input[address.end]! << 8) | input[address.end + 1]!;
    this.#state = 'over';
    events.push({ type: 'connect', target: { host, port }, firstBytes: input.subarray(address.end + 2) });
    return input;
  }

  #close(events: IngressEvent[], answer: Uint8Array | null, why: IngressRejection): Uint8Array {
    this.#state = 'over';
    if (answer !== null) events.push({ type: 'send', bytes: answer });
    events.push({ type: 'close', why });
    return new Uint8Array(0);
  }
}

type AddressRange = { readonly start: number; readonly end: number } | 'incomplete' | 'unknown-type';

function addressRange(addressType: number, nameBytes: number | undefined): AddressRange {
  switch (addressType) {
    case 0x01:
      return { start: 4, end: 8 };
    case 0x03:
      return nameBytes === undefined ? 'incomplete' : { start: 5, end: 5 + nameBytes };
    case 0x04:
      return { start: 4, end: 20 };
    default:
      return 'unknown-type';
  }
}

function readHost(addressType: number, address: Uint8Array): Host | null {
  if (addressType !== 0x03) return { type: 'ip', bytes: address.slice() };
  // Names beyond ASCII come as punycode from every browser; raw UTF-8 or Latin-1 would be a guess, so parseHost refuses it.
  return parseHost(String.fromCharCode(...address));
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
