import { formatEndpoint } from '../../config/endpoint.ts';
import { isWildcardIp } from '../../config/ip-literal.ts';
import type { ConfigValues } from '../../config/write-config.ts';
import { systemClock } from '../clock.ts';
import { systemRandom } from '../random.ts';
import { makeNetwork } from '../setup/make-network.ts';
import { parseCountry, parseName, parseNodeSettings, parseNumber } from '../setup/parse-options.ts';
import { loadSodium } from '../sodium/load-sodium.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import type { NodeOptions } from './node-options.ts';
import { print, printJson } from './output.ts';
import { suggest } from './own-name.ts';
import { rolesText } from './roles-text.ts';

interface InitTexts extends GlobalOptions, JsonOption, NodeOptions {
  readonly id: number;
  readonly name: string | undefined;
  readonly exit: boolean;
  readonly relay: boolean;
  readonly country: string | undefined;
}

/** Makes a network and says what to do next. */
export async function runInit(options: InitTexts): Promise<void> {
  const node = {
    ...parseNodeSettings({ ...options, allowPrivate: options['allow-private'] }),
    id: parseNumber('--id', options.id),
    name: parseName(options.name),
    country: parseCountry(options.country),
    exit: options.exit,
    relay: options.relay,
  };
  const configPath = configPathOf(options);
  const means = { sodium: await loadSodium(), random: systemRandom, wallMs: systemClock.wallMs() };
  const values = await makeNetwork(configPath, node, means);
  const addresses = reachable(values).map(formatEndpoint);
  if (options.json) {
    printJson({ config: configPath, id: values.id, name: values.name, exit: node.exit, relay: node.relay, addresses });
    return;
  }
  print(`Made a new network. This machine is its node ${values.id}, "${values.name}"${rolesText(node)}.`);
  print(`The configuration is ${configPath}. It holds the network's keys: keep it secret, and back it up.`);
  if (addresses.length === 0) print(noAddress(values));
  print('\nWhat to do next:');
  print(`  ${suggest('up', options)}`);
  print('      runs this node');
  if (addresses.length === 0) return;
  print(`  ${suggest(`invite --id ${values.id === 2 ? 3 : 2} --name laptop`, options)}`);
  print('      makes a link that another machine joins with');
}

function reachable(values: ConfigValues) {
  return values.advertise ?? values.listen?.filter(({ host, port }) => port !== 0 && !isWildcardIp(host)) ?? [];
}

function noAddress(values: ConfigValues): string {
  const listens = (values.listen?.length ?? 0) > 0;
  const what = listens ? 'It does not know the address that others reach it at' : 'It listens nowhere yet';
  const example = listens ? 'advertise:, such as udp://203.0.113.7:4840' : 'listen:, such as udp://203.0.113.7:4840';
  return `${what}. Before you invite others, add one to that file under ${example}.`;
}
