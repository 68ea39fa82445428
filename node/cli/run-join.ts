import { systemClock } from '../clock.ts';
import { systemRandom } from '../random.ts';
import { joinNetwork } from '../setup/join-network.ts';
import { parseNodeSettings } from '../setup/parse-options.ts';
import { refuseExisting } from '../setup/write-config-file.ts';
import { loadSodium } from '../sodium/load-sodium.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import type { NodeOptions } from './node-options.ts';
import { print, printJson, remark } from './output.ts';
import { suggest } from './own-name.ts';
import { rolesText } from './roles-text.ts';
import { readLink, STANDARD_INPUT } from './read-link.ts';

interface JoinTexts extends GlobalOptions, JsonOption, NodeOptions {
  readonly link: string;
}

/** Makes a configuration from an invite and says what to do next. */
export async function runJoin(options: JoinTexts): Promise<void> {
  const settings = parseNodeSettings({ ...options, allowPrivate: options['allow-private'] });
  const configPath = configPathOf(options);
  // Before anybody pastes a link in vain.
  refuseExisting(configPath);
  const means = { sodium: await loadSodium(), random: systemRandom, wallMs: systemClock.wallMs() };
  const link = options.link === STANDARD_INPUT ? await linkFromInput() : options.link;
  const { values, certificate } = joinNetwork(configPath, link, settings, means);
  const { exit, relay } = certificate.roles;
  if (options.json) {
    printJson({ config: configPath, id: values.id, name: values.name, exit, relay });
    return;
  }
  print(`This machine is now node ${values.id}, "${values.name}"${rolesText(certificate.roles)}.`);
  print(`The configuration is ${configPath}. It holds secret keys: keep it to yourself.`);
  if ((exit || relay) && settings.listen.length === 0) {
    print(
      'It listens nowhere; where others should be able to connect to it, add an address to that file under listen:.',
    );
  }
  print('\nWhat to do next:');
  print(`  ${suggest('up', options)}`);
  const socks = values.socks === undefined ? '' : `; programs use the SOCKS5 proxy ${options.socks}`;
  print(`      runs this node${socks}`);
}

async function linkFromInput(): Promise<string> {
  const isTerminal = process.stdin.isTTY;
  if (isTerminal) remark('paste the invite link and press Enter:');
  return readLink(process.stdin.setEncoding('utf8'), isTerminal);
}
