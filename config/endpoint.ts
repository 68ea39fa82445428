import { formatHostPort, parseHostPort, type AddressUse } from './host-port.ts';
import { nearestWord } from './nearest-word.ts';
import { isFailure, type ParseFailure } from './parse-failure.ts';
import { quote } from './quote.ts';

/** The ways to cross one hop, in the order of their numbers on the wire (PROTOCOL §2), which start at 1. */
export const TRANSPORT_NAMES = ['udp', 'tcp', 'kcp', 'wss'] as const;

export type TransportName = (typeof TRANSPORT_NAMES)[number];

/** Where a transport listens or connects, such as `udp://192.0.2.7:4840`. */
export interface Endpoint {
  readonly transport: TransportName;
  /** Canonical IP literal, without brackets. */
  readonly host: string;
  /** 1 to 65,535; 0, where listening, lets the system choose. */
  readonly port: number;
  /** wss only: the path of the request, starting with a slash. Absent: `/`. */
  readonly path?: string;
  /** wss only: the name in the TLS handshake and the request, in lower case. Absent: none. */
  readonly serverName?: string;
}

/** Longest path of a wss endpoint, in characters. */
export const MAX_PATH_CHARACTERS = 200;

const MAX_URL_CHARACTERS = 600;
/** RFC 3986 §3.3: segments of pchar. */
const PATH = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/;
/** RFC 1123 §2.1 with underscores; a last label of digits would be an IP address. */
const SERVER_NAME =
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*(?!\d+$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Reads an endpoint URL: `udp://IP:PORT`, `tcp://[::1]:PORT`, `kcp://IP:PORT`, `wss://IP:PORT/PATH?host=NAME`.
 * Host names are refused: a client never does DNS. Port 0 and wildcards are allowed for a listener only.
 */
export function parseEndpoint(text: string, use: AddressUse = 'dial'): Endpoint | ParseFailure {
  const shown = quote(text);
  if (text.length > MAX_URL_CHARACTERS) return { error: `${shown} is too long for an address` };
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)(.*)$/s.exec(text);
  if (match === null) {
    return { error: `${shown} is not an address; write TRANSPORT://IP:PORT, such as udp://192.0.2.7:4840` };
  }
  const transport = TRANSPORT_NAMES.find((name) => name === match[1]!.toLowerCase());
  if (transport === undefined) return { error: unknownTransport(shown, match[1]!) };
  const address = parseHostPort(match[2]!, use, shown);
  if (isFailure(address)) return address;
  const rest = match[3]!;
  if (transport === 'wss') {
    const resource = parseResource(rest, shown);
    return isFailure(resource) ? resource : { transport, ...address, ...resource };
  }
  if (rest === '' || rest === '/') return { transport, ...address };
  return { error: `${shown} has something after the port, which only wss:// allows; end it after the port` };
}

/** The canonical URL, which {@link parseEndpoint} reads back to the same endpoint. */
export function formatEndpoint(endpoint: Endpoint): string {
  const address = `${endpoint.transport}://${formatHostPort(endpoint)}`;
  const name = endpoint.serverName === undefined ? '' : `?host=${endpoint.serverName}`;
  return `${address}${endpoint.path ?? (name === '' ? '' : '/')}${name}`;
}

/** The part after the port of a wss endpoint: `/PATH?host=NAME`, both optional. */
function parseResource(text: string, shown: string): Pick<Endpoint, 'path' | 'serverName'> | ParseFailure {
  if (text.includes('#')) return { error: `${shown} has a # part, which no server sees; leave it out` };
  const question = text.indexOf('?');
  const path = question < 0 ? text : text.slice(0, question);
  if (path.length > MAX_PATH_CHARACTERS || !PATH.test(path)) {
    return {
      error: `${shown} has an invalid path; use at most ${MAX_PATH_CHARACTERS} letters, digits, slashes and %XX`,
    };
  }
  const pathPart = path === '' || path === '/' ? {} : { path };
  if (question < 0) return pathPart;
  const query = /^host=([^&]*)$/.exec(text.slice(question + 1));
  if (query === null) return { error: `${shown} has something after the question mark other than host=NAME` };
  const serverName = query[1]!.toLowerCase();
  if (SERVER_NAME.test(serverName)) return { ...pathPart, serverName };
  return { error: `${shown} has no valid server name; write ?host=NAME, such as ?host=www.example.com` };
}

function unknownTransport(shown: string, scheme: string): string {
  const meant = nearestWord(scheme, TRANSPORT_NAMES);
  const hint = meant === null ? 'use udp, tcp, kcp or wss' : `did you mean ${meant}?`;
  return `${shown} starts with an unknown transport; ${hint}`;
}
