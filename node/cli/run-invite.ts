import { systemClock } from '../clock.ts';
import { systemRandom } from '../random.ts';
import { makeInvite } from '../setup/make-invite.ts';
import { parseName, parseNumber, parseSeconds } from '../setup/parse-options.ts';
import { readConfigFile } from '../setup/read-config-file.ts';
import { loadSodium } from '../sodium/load-sodium.ts';
import { UserError } from '../user-error.ts';
import { formatTime } from './amounts.ts';
import { isSeenInMesh } from './ask-running-node.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import { print, printJson, remark } from './output.ts';

interface InviteTexts extends GlobalOptions, JsonOption {
  readonly id: number;
  readonly name: string | undefined;
  readonly exit: boolean;
  readonly relay: boolean;
  readonly 'link-only': boolean;
  readonly expires: string;
  readonly replace: boolean;
}

/** Makes an invite and shows its link. */
export async function runInvite(options: InviteTexts): Promise<void> {
  if (options.json && options['link-only']) throw new UserError('usage', 'Choose --json or --link-only, not both.');
  const loaded = readConfigFile(configPathOf(options));
  const id = parseNumber('--id', options.id);
  const guest = {
    id,
    name: parseName(options.name),
    roles: { exit: options.exit, relay: options.relay },
    expiresInSeconds: parseSeconds('--expires', options.expires),
    replace: options.replace,
    seenInMesh: await isSeenInMesh(loaded, id),
  };
  const means = { sodium: await loadSodium(), random: systemRandom, wallMs: systemClock.wallMs() };
  const invite = await makeInvite(loaded, guest, means);
  if (invite.warning !== null) remark(invite.warning);
  const expires = new Date(invite.expiresAtS * 1000).toISOString();
  if (options.json) {
    printJson({ link: invite.link, id, name: invite.name, serial: invite.serial, expires });
    return;
  }
  if (options['link-only']) {
    print(invite.link);
    return;
  }
  const { renderUnicodeCompact } = await import('uqr');
  print(renderUnicodeCompact(invite.link, { border: 2 }));
  print(invite.link);
  print(
    `\nThis link makes one machine node ${id}, "${invite.name}", if it is used before ${formatTime(invite.expiresAtS * 1000)}.`,
  );
  print('It is a secret: whoever uses it first is in. On the other machine, run this and paste the link:');
  print(`  uservpn join -${options.exit || options.relay ? ' --listen udp://IP:PORT' : ' --socks 127.0.0.1:1080'}`);
}
