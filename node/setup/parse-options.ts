import { parseCountryCode } from '../../config/country-code.ts';
import { parseDuration } from '../../config/duration.ts';
import { parseEndpoint, type Endpoint } from '../../config/endpoint.ts';
import { parseHostPort, type AddressUse, type HostPort } from '../../config/host-port.ts';
import { MAX_NODE_ID, parseNodeId, type NodeId } from '../../config/node-id.ts';
import { parseNodeName } from '../../config/node-name.ts';
import { isFailure, type ParseFailure } from '../../config/parse-failure.ts';
import { UserError } from '../user-error.ts';

/** What `init` and `join` are told about the node itself. */
export interface NodeTexts {
  readonly listen: readonly string[];
  readonly advertise: readonly string[];
  readonly socks: string | undefined;
  readonly allowPrivate: boolean;
}

/** The same, understood. What was not said is left out. */
export interface NodeSettings {
  readonly listen: readonly Endpoint[];
  readonly advertise?: readonly Endpoint[];
  readonly socks?: { readonly listen: HostPort };
  readonly allowPrivate: boolean;
}

/** Understands the texts. Throws a UserError that names the option. */
export function parseNodeSettings({ listen, advertise, socks, allowPrivate }: NodeTexts): NodeSettings {
  return {
    listen: parseUrls('--listen', listen, 'listen'),
    ...(advertise.length === 0 ? {} : { advertise: parseUrls('--advertise', advertise, 'dial') }),
    ...(socks === undefined ? {} : { socks: { listen: understood('--socks', parseHostPort(socks, 'listen')) } }),
    allowPrivate,
  };
}

/** Understands addresses. Throws a UserError that names the option. */
export function parseUrls(option: string, urls: readonly string[], use: AddressUse): readonly Endpoint[] {
  return urls.map((url) => understood(option, parseEndpoint(url, use)));
}

/** A node's number from the command line. Throws a UserError that says which was meant. */
export function parseNumber(what: string, value: number): NodeId {
  const id = parseNodeId(value);
  if (id === null) throw new UserError('usage', `${what} has to be a node's number, from 1 to ${MAX_NODE_ID}.`);
  return id;
}

/** A node's name from the command line, or undefined where none was given. */
export function parseName(text: string | undefined): string | undefined {
  return text === undefined ? undefined : understood('--name', parseNodeName(text));
}

/** A country from the command line, or undefined where none was given. */
export function parseCountry(text: string | undefined): string | undefined {
  return text === undefined ? undefined : understood('--country', parseCountryCode(text));
}

/** A duration from the command line, in seconds. */
export function parseSeconds(option: string, text: string): number {
  return understood(option, parseDuration(text));
}

function understood<T>(option: string, result: T | ParseFailure): T {
  if (isFailure(result)) throw new UserError('usage', `${option}: ${result.error}.`);
  return result;
}
