import { isFailure } from '../../config/parse-failure.ts';
import type { ConnectFailure } from '../connect-outcome.ts';
import { parseExitOverrides, type ExitOverrides } from '../exits/overrides.ts';
import { parseHost } from '../host-text.ts';
import type { Host, Target } from '../../mesh/session/target.ts';
import type { IngressEvent, IngressProtocol, IngressRejection } from './ingress-protocol.ts';
import type { PasswordCheck } from './password-check.ts';
import { SOCKS5_REPLY, socks5Refusal, socks5ReplyCode, socks5Success } from './socks5-reply.ts';

const VERSION = 0x05;
const NO_AUTHENTICATION = 0x00;
const USER_NAME_AND_PASSWORD = 0x02;
const NO_ACCEPTABLE_METHOD = 0xff;
const CONNECT = 0x01;

/** RFC 1929. */
const LOGIN_VERSION = 0x01;
const LOGIN_SUCCEEDED = 0x00;
const LOGIN_FAILED = 0x01;

/**
 * SOCKS version 5 (RFC 1928), CONNECT only. A user name (RFC 1929) holds wishes for the exit
 * ({@link parseExitOverrides}); a password is looked at only where one is set, and is needed then.
 *
 * ```
 * greeting: version 5 | count | count methods
 * login:    version 1 | length u8 and user name | length u8 and password
 * request:  version 5 | command | reserved | address type | address | port u16
 *           address type 1: 4 bytes, 3: length u8 and a name, 4: 16 bytes
 * ```
 *
 * All lengths are one byte, so it never keeps more than 513 bytes, whatever comes. Programs may send greeting, request and their own first bytes at once, without waiting for answers.
 */
export class Socks5Request implements IngressProtocol {
  readonly name = 'socks5';
  readonly #password: PasswordCheck | null;
  #state: 'greeting' | 'login' | 'request' | 'over' = 'greeting';
  #overrides: ExitOverrides | null = null;
  #kept: Uint8Array = new Uint8Array(0);

  constructor(password: PasswordCheck | null = null) {
    this.#password = password;
  }

  receive(bytes: Uint8Array): readonly IngressEvent[] {
    const events: IngressEvent[] = [];
    let input = this.#kept.length === 0 ? bytes : concat(this.#kept, bytes);
    if (this.#state === 'greeting') input = this.#greeting(input, events);
    if (this.#state === 'login') input = this.#login(input, events);
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
    const methods = input.subarray(2, 2 + count);
    if (methods.includes(USER_NAME_AND_PASSWORD)) {
      // Who offers it has a user name to tell, even where it would go without.
      events.push({ type: 'send', bytes: Uint8Array.of(VERSION, USER_NAME_AND_PASSWORD) });
      this.#state = 'login';
      return input.subarray(2 + count);
    }
    if (this.#password !== null || !methods.includes(NO_AUTHENTICATION)) {
      return this.#close(events, Uint8Array.of(VERSION, NO_ACCEPTABLE_METHOD), 'no-common-method');
    }
    events.push({ type: 'send', bytes: Uint8Array.of(VERSION, NO_AUTHENTICATION) });
    this.#state = 'request';
    return input.subarray(2 + count);
  }

  /** Returns what it did not use. */
  #login(input: Uint8Array, events: IngressEvent[]): Uint8Array {
    if (input.length >= 1 && input[0] !== LOGIN_VERSION) return this.#close(events, null, 'malformed');
    const nameEnd = 2 + (input[1] ?? Infinity);
    const end = nameEnd + 1 + (input[nameEnd] ?? Infinity);
    if (!(input.length >= end)) return input;
    if (this.#password?.matches(input.subarray(nameEnd + 1, end)) === false) {
      return this.#close(events, Uint8Array.of(LOGIN_VERSION, LOGIN_FAILED), 'wrong-password');
    }
    const overrides = parseExitOverrides(String.fromCharCode(...input.subarray(2, nameEnd)));
    if (isFailure(overrides)) {
      return this.#close(events, Uint8Array.of(LOGIN_VERSION, LOGIN_FAILED), 'bad-overrides', overrides.error);
    }
    events.push({ type: 'send', bytes: Uint8Array.of(LOGIN_VERSION, LOGIN_SUCCEEDED) });
    this.#overrides = overrides;
    this.#state = 'request';
    return input.subarray(end);
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
    events.push({
      type: 'connect',
      target: { host, port },
      firstBytes: input.subarray(address.end + 2),
      ...(this.#overrides === null ? {} : { overrides: this.#overrides }),
    });
    return input;
  }

  #close(events: IngressEvent[], answer: Uint8Array | null, why: IngressRejection, detail?: string): Uint8Array {
    this.#state = 'over';
    if (answer !== null) events.push({ type: 'send', bytes: answer });
    events.push({ type: 'close', why, ...(detail === undefined ? {} : { detail }) });
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
