import { z } from 'zod';
import {
  CONFIG_DEFAULTS,
  CREDENTIAL_BYTES,
  LOG_LEVELS,
  RELAY_MODES,
  MAX_ADDRESSES,
  defaultName,
  type Config,
  type KnownServer,
} from './config.ts';
import { parseCountryCode } from './country-code.ts';
import { parseDuration } from './duration.ts';
import { formatEndpoint, parseEndpoint, type Endpoint } from './endpoint.ts';
import { parseHostPort } from './host-port.ts';
import { isWildcardIp } from './ip-literal.ts';
import {
  EXIT_KEY_DESCRIPTIONS as EXIT_DOC,
  GEOIP_KEY_DESCRIPTIONS as GEOIP_DOC,
  KEY_DESCRIPTIONS as DOC,
  PIN_KEY_DESCRIPTIONS as PIN_DOC,
  SOCKS_KEY_DESCRIPTIONS as SOCKS_DOC,
} from './key-descriptions.ts';
import { base64urlCharacters, KEY_BYTES, parseKeyText } from './key-text.ts';
import { MAX_NODE_ID, parseNodeId, type NodeId } from './node-id.ts';
import { parseNodeName } from './node-name.ts';
import type { ParseFailure } from './parse-failure.ts';
import { RULE_SHAPE, rules, siteGroups } from './rules-schema.ts';
import { list, map, refuse, text, unique, wrong } from './schema-parts.ts';

/** Most entries of `allowPorts`. */
const MAX_PORTS = 1_024;

const EXAMPLE_URL = 'udp://192.0.2.7:4840';

const nodeId = z
  .int(wrong('a node number from 1 to 254'))
  .min(1, wrong('a node number from 1 to 254'))
  .max(MAX_NODE_ID, wrong('a node number from 1 to 254'))
  .transform((value, context): NodeId => parseNodeId(value) ?? refuse(context, 'is no node number'));
const key = text(
  'the key of 43 characters that "uservpn init" or "uservpn join" wrote',
  (value) => parseKeyText(value),
  keyPattern([KEY_BYTES]),
);
const boolean = z.boolean(wrong('true or false'));
const listenUrl = text(`an address such as ${EXAMPLE_URL}`, (value) => parseEndpoint(value, 'listen'));
const dialUrl = text(`an address such as ${EXAMPLE_URL}`, (value) => parseEndpoint(value, 'dial'));
const port = z
  .int(wrong('a port from 1 to 65535'))
  .min(1, wrong('a port from 1 to 65535'))
  .max(65_535, wrong('a port from 1 to 65535'));
const streamCount = z
  .int(wrong('a number from 1 to 65535'))
  .min(1, wrong('a number from 1 to 65535'))
  .max(65_535, wrong('a number from 1 to 65535'));

const exitShape = {
  allowPrivate: boolean.default(CONFIG_DEFAULTS.exit.allowPrivate).describe(EXIT_DOC.allowPrivate),
  allowPorts: unique(list(port, 'ports', MAX_PORTS), String)
    .default([...CONFIG_DEFAULTS.exit.allowPorts])
    .describe(EXIT_DOC.allowPorts),
  maxStreamsPerClient: streamCount
    .default(CONFIG_DEFAULTS.exit.maxStreamsPerClient)
    .describe(EXIT_DOC.maxStreamsPerClient),
};

const socksShape = {
  listen: text('an address such as 127.0.0.1:1080', (value) => parseHostPort(value, 'listen')),
  earlyReply: boolean.optional().describe(SOCKS_DOC.earlyReply),
  password: text('a password', parsePassword).optional().describe(SOCKS_DOC.password),
};

const RATE_WRONG = wrong('a rate in Mbit/s from 0.1 to 10000, such as 20');
const sendRate = z.number(RATE_WRONG).min(0.1, RATE_WRONG).max(10_000, RATE_WRONG);

const PERCENT_WRONG = wrong('a share in percent from 0 to 100, such as 10');
const percent = z.number(PERCENT_WRONG).min(0, PERCENT_WRONG).max(100, PERCENT_WRONG);

const positionShape = { latitude: degrees(90), longitude: degrees(180) };

const geoipShape = {
  database: text('a file name', parseFolder).optional().describe(GEOIP_DOC.database),
  source: text('an http or https address', parseSource).optional().describe(GEOIP_DOC.source),
};

const pinsShape = {
  idle: text('a duration such as 24h', parseDuration).optional().describe(PIN_DOC.idle),
  persist: boolean.optional().describe(PIN_DOC.persist),
};

const serverShape = {
  id: nodeId,
  addresses: unique(list(dialUrl, 'addresses', MAX_ADDRESSES), formatEndpoint).refine((all) => all.length > 0, {
    error: `is empty; add an address such as ${EXAMPLE_URL}`,
  }),
};

const configShape = {
  id: nodeId.describe(DOC.id),
  name: text('text', parseNodeName).optional().describe(DOC.name),
  networkKey: key.describe(DOC.networkKey),
  identity: key.describe(DOC.identity),
  adminKey: key.optional().describe(DOC.adminKey),
  adminPublicKey: key.describe(DOC.adminPublicKey),
  credential: text(
    'the credential that "uservpn init" or "uservpn join" wrote',
    (value) => parseKeyText(value, CREDENTIAL_BYTES),
    keyPattern(CREDENTIAL_BYTES),
  ).describe(DOC.credential),
  listen: unique(list(listenUrl, 'addresses', MAX_ADDRESSES), formatEndpoint)
    .default([])
    .describe(DOC.listen),
  advertise: unique(list(dialUrl, 'addresses', MAX_ADDRESSES), formatEndpoint)
    .optional()
    .describe(DOC.advertise),
  country: text('two letters such as DE', parseCountryCode, '^[A-Z]{2}$').optional().describe(DOC.country),
  position: map(positionShape).optional().describe(DOC.position),
  sendRateMbps: sendRate.optional().describe(DOC.sendRateMbps),
  relayRateMbps: sendRate.optional().describe(DOC.relayRateMbps),
  relaySharePercent: percent.optional().describe(DOC.relaySharePercent),
  relayMode: z.enum(RELAY_MODES, wrong('one of assist, split')).optional().describe(DOC.relayMode),
  geoip: map(geoipShape).optional().describe(DOC.geoip),
  pins: map(pinsShape).optional().describe(DOC.pins),
  exit: map(exitShape)
    .default(() => ({ ...CONFIG_DEFAULTS.exit, allowPorts: [...CONFIG_DEFAULTS.exit.allowPorts] }))
    .describe(DOC.exit),
  socks: map(socksShape).optional().describe(DOC.socks),
  rules: rules.optional().describe(DOC.rules),
  siteGroups: siteGroups.optional().describe(DOC.siteGroups),
  servers: unique(list(map(serverShape), 'servers', MAX_NODE_ID), (server: KnownServer) => `server ${server.id}`)
    .default([])
    .describe(DOC.servers),
  stateDir: text('a folder name', parseFolder).default(CONFIG_DEFAULTS.stateDir).describe(DOC.stateDir),
  logLevel: z
    .enum(LOG_LEVELS, wrong('one of trace, debug, info, warn, error'))
    .default(CONFIG_DEFAULTS.logLevel)
    .describe(DOC.logLevel),
};

/** The configuration: plain values as YAML has them in, a {@link Config} out. Unknown keys are refused everywhere. */
export const configSchema = map(configShape).transform((values): Config => {
  const { name, adminKey, advertise, country, position, geoip, pins, socks, ...others } = values;
  const { rules, siteGroups, sendRateMbps, relayRateMbps, relaySharePercent, relayMode, ...rest } = others;
  return {
    ...rest,
    name: name ?? defaultName(values.id),
    advertise: advertise ?? values.listen.filter(isReachable),
    ...(adminKey === undefined ? {} : { adminKey }),
    ...(country === undefined ? {} : { country }),
    ...(position === undefined ? {} : { position }),
    ...(geoip === undefined ? {} : { geoip }),
    ...(pins === undefined ? {} : { pins }),
    ...(socks === undefined ? {} : { socks }),
    ...(sendRateMbps === undefined ? {} : { sendRateMbps }),
    ...(relayRateMbps === undefined ? {} : { relayRateMbps }),
    ...(relaySharePercent === undefined ? {} : { relaySharePercent }),
    ...(relayMode === undefined ? {} : { relayMode }),
    ...(rules === undefined ? {} : { rules }),
    ...(siteGroups === undefined ? {} : { siteGroups }),
  };
});

/** The keys that a map may have, by where it stands: the words of its path joined with dots, list places left out. */
export const KNOWN_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['', Object.keys(configShape)],
  ['exit', Object.keys(exitShape)],
  ['position', Object.keys(positionShape)],
  ['geoip', Object.keys(geoipShape)],
  ['pins', Object.keys(pinsShape)],
  ['socks', Object.keys(socksShape)],
  ['rules', Object.keys(RULE_SHAPE)],
  ['servers', Object.keys(serverShape)],
]);

function isReachable(endpoint: Endpoint): boolean {
  return endpoint.port !== 0 && !isWildcardIp(endpoint.host);
}

function parsePassword(value: string): string | ParseFailure {
  if (value === '') return { error: 'is empty; write a password, or remove the key' };
  // Its length travels in one byte (RFC 1929).
  return Buffer.byteLength(value) > 255 ? { error: 'is longer than 255 bytes; write a shorter password' } : value;
}

function parseFolder(value: string): string | ParseFailure {
  if (value === '') return { error: 'is empty; name a folder, such as state' };
  // oxlint-disable-next-line no-control-regex -- no folder has such a name, and a terminal must not see it
  return /[\0-\x1f\x7f]/.test(value) ? { error: 'holds control characters; name a folder, such as state' } : value;
}

function parseSource(value: string): string | ParseFailure {
  const sentence = { error: 'is no address of a file; write one such as https://example.com/city-{month}.mmdb.gz' };
  if (value.length > 2_000 || !URL.canParse(value)) return sentence;
  const { protocol } = new URL(value);
  return protocol === 'http:' || protocol === 'https:' ? value : sentence;
}

function degrees(limit: number) {
  const message = wrong(`degrees from -${limit} to ${limit}, such as 52.5`);
  return z.number(message).min(-limit, message).max(limit, message);
}

function keyPattern(byteCounts: readonly number[]): string {
  return `^(?:${byteCounts.map((bytes) => `[A-Za-z0-9_-]{${base64urlCharacters(bytes)}}`).join('|')})$`;
}
