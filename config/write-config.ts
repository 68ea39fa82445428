import { stringify } from 'yaml';
import { formatDuration } from './duration.ts';
import { CONFIG_DEFAULTS, type Config, type ExitSettings } from './config.ts';
import { formatEndpoint, type Endpoint } from './endpoint.ts';
import { formatHostPort } from './host-port.ts';
import { EXIT_KEY_DESCRIPTIONS, KEY_DESCRIPTIONS, SOCKS_KEY_DESCRIPTIONS } from './key-descriptions.ts';
import { formatKeyText } from './key-text.ts';
import { ruleLines, siteGroupLines } from './write-rules.ts';

type Required = 'id' | 'networkKey' | 'identity' | 'adminPublicKey' | 'credential';

/** A {@link Config}, or one that leaves out what has a default. */
export type ConfigValues = Pick<Config, Required> & Partial<Omit<Config, Required>>;

/** What stands in a comment where a key is left out. */
const EXAMPLES = {
  name: ['name: frankfurt'],
  listen: ['listen:', '  - udp://0.0.0.0:4840'],
  advertise: ['advertise:', '  - udp://192.0.2.7:4840'],
  country: ['country: DE'],
  position: ['position:', '  latitude: 50.1', '  longitude: 8.7'],
  geoip: ['geoip:', '  database: geoip.mmdb'],
  pins: ['pins:', '  idle: 24h', '  persist: true'],
  sendRateMbps: ['sendRateMbps: 20'],
  relayRateMbps: ['relayRateMbps: 50'],
  relaySharePercent: ['relaySharePercent: 10'],
  relayMode: ['relayMode: assist'],
  socks: ['socks:', '  listen: 127.0.0.1:1080'],
  rules: [
    'rules:',
    '  - { suffixes: [example.com], to: exit 3, whenDown: hold }',
    '  - { lists: [lists/ads.txt], to: block }',
    '  - { ports: [22, 8000-9000], to: not countries US }',
  ],
  siteGroups: ['siteGroups:', '  - [example.com, example.net]'],
  servers: ['servers:', '  - id: 1', '    addresses:', '      - udp://192.0.2.7:4840'],
  stateDir: [`stateDir: ${CONFIG_DEFAULTS.stateDir}`],
  logLevel: [`logLevel: ${CONFIG_DEFAULTS.logLevel}`],
} as const;

/**
 * The text of a configuration file, every key explained. `parseConfig` reads it back to the same values. The text
 * holds secrets: its file gets mode 0600.
 */
export function writeConfig(values: ConfigValues): string {
  const sections = [
    ['# uservpn configuration. It holds secret keys: keep it to yourself (chmod 600).'],
    section('id', [`id: ${values.id}`]),
    section('name', values.name === undefined ? null : [`name: ${scalar(values.name)}`]),
    section('networkKey', [`networkKey: ${keyScalar(values.networkKey)}`]),
    section('identity', [`identity: ${keyScalar(values.identity)}`]),
    values.adminKey === undefined ? [] : section('adminKey', [`adminKey: ${keyScalar(values.adminKey)}`]),
    section('adminPublicKey', [`adminPublicKey: ${keyScalar(values.adminPublicKey)}`]),
    section('credential', [`credential: ${keyScalar(values.credential)}`]),
    section('listen', list('listen', values.listen)),
    section('advertise', list('advertise', values.advertise)),
    section('country', values.country === undefined ? null : [`country: ${scalar(values.country)}`]),
    section(
      'position',
      values.position === undefined
        ? null
        : ['position:', `  latitude: ${values.position.latitude}`, `  longitude: ${values.position.longitude}`],
    ),
    section('geoip', mapLines('geoip', { database: values.geoip?.database, source: values.geoip?.source })),
    section(
      'pins',
      mapLines('pins', {
        idle: values.pins?.idle === undefined ? undefined : formatDuration(values.pins.idle),
        persist: values.pins?.persist,
      }),
    ),
    section('sendRateMbps', values.sendRateMbps === undefined ? null : [`sendRateMbps: ${values.sendRateMbps}`]),
    section('relayRateMbps', values.relayRateMbps === undefined ? null : [`relayRateMbps: ${values.relayRateMbps}`]),
    section(
      'relaySharePercent',
      values.relaySharePercent === undefined ? null : [`relaySharePercent: ${values.relaySharePercent}`],
    ),
    section('relayMode', values.relayMode === undefined ? null : [`relayMode: ${values.relayMode}`]),
    exitSection(values.exit),
    section(
      'socks',
      values.socks === undefined
        ? null
        : [
            'socks:',
            `  listen: ${scalar(formatHostPort(values.socks.listen))}`,
            `  # ${SOCKS_KEY_DESCRIPTIONS.password}`,
            values.socks.password === undefined
              ? '  # password: a long one'
              : `  password: ${scalar(values.socks.password)}`,
            ...SOCKS_KEY_DESCRIPTIONS.earlyReply.split(/(?<=\.) /).map((line) => `  # ${line}`),
            values.socks.earlyReply === undefined ? '  # earlyReply: true' : `  earlyReply: ${values.socks.earlyReply}`,
          ],
    ),
    section('rules', values.rules === undefined ? null : ruleLines(values.rules, flowScalar)),
    section('siteGroups', values.siteGroups === undefined ? null : siteGroupLines(values.siteGroups, flowScalar)),
    section('servers', serverLines(values.servers)),
    section('stateDir', values.stateDir === undefined ? null : [`stateDir: ${scalar(values.stateDir)}`]),
    section('logLevel', values.logLevel === undefined ? null : [`logLevel: ${values.logLevel}`]),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

/** The explanation and the lines, or an example in a comment where there are none. */
function section(key: keyof typeof EXAMPLES, lines: readonly string[] | null): readonly string[];
function section(key: keyof Config, lines: readonly string[]): readonly string[];
function section(key: keyof Config, lines: readonly string[] | null): readonly string[] {
  const example: readonly string[] = key in EXAMPLES ? EXAMPLES[key as keyof typeof EXAMPLES] : [];
  return [`# ${KEY_DESCRIPTIONS[key]}`, ...(lines ?? example.map((line) => `# ${line}`))];
}

/** The keys that have a value; null where none has. */
function mapLines(name: string, values: Readonly<Record<string, string | boolean | undefined>>): string[] | null {
  const lines = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [`  ${key}: ${typeof value === 'string' ? scalar(value) : value}`],
  );
  return lines.length === 0 ? null : [`${name}:`, ...lines];
}

function exitSection(exit: ExitSettings | undefined): readonly string[] {
  const { allowPrivate, allowPorts, maxStreamsPerClient } = exit ?? CONFIG_DEFAULTS.exit;
  return [
    ...section('exit', ['exit:']),
    `  # ${EXIT_KEY_DESCRIPTIONS.allowPrivate}`,
    `  allowPrivate: ${allowPrivate}`,
    `  # ${EXIT_KEY_DESCRIPTIONS.allowPorts}`,
    `  allowPorts: [${allowPorts.join(', ')}]`,
    `  # ${EXIT_KEY_DESCRIPTIONS.maxStreamsPerClient}`,
    `  maxStreamsPerClient: ${maxStreamsPerClient}`,
  ];
}

function list(key: string, endpoints: readonly Endpoint[] | undefined): readonly string[] | null {
  if (endpoints === undefined) return null;
  if (endpoints.length === 0) return [`${key}: []`];
  // One a line: inside brackets the brackets of IPv6 addresses would have to be quoted.
  return [`${key}:`, ...endpoints.map((endpoint) => `  - ${scalar(formatEndpoint(endpoint))}`)];
}

function serverLines(servers: Config['servers'] | undefined): readonly string[] | null {
  if (servers === undefined) return null;
  if (servers.length === 0) return ['servers: []'];
  const lines = servers.flatMap(({ id, addresses }) => [
    `  - id: ${id}`,
    '    addresses:',
    ...addresses.map((endpoint) => `      - ${scalar(formatEndpoint(endpoint))}`),
  ]);
  return ['servers:', ...lines];
}

function keyScalar(bytes: Uint8Array): string {
  return scalar(formatKeyText(bytes));
}

/** The text as YAML on one line, in quotes where it needs them: a name may be `yes`, `1` or `# 5`. */
function scalar(text: string): string {
  return stringify(text, { lineWidth: 0, defaultStringType: 'PLAIN', blockQuote: false }).trimEnd();
}

/** The same between the brackets of a list, where commas and brackets mean something: always in quotes unless it is a plain word. */
function flowScalar(text: string): string {
  return /^[A-Za-z][\w./-]*$/.test(text) ? scalar(text) : JSON.stringify(text);
}
