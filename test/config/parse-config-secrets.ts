import fc from 'fast-check';
import t from 'tap';
import { formatConfigError } from '../../config/config-error.ts';
import { formatKeyText } from '../../config/key-text.ts';
import { parseConfig } from '../../config/parse-config.ts';
import { ADMIN_KEY, IDENTITY, NETWORK_KEY, VALID } from './fixtures/valid-config.ts';

/** Every error as the terminal shows it. */
function errorsOf(text: string): string[] {
  const parsed = parseConfig(text);
  return 'errors' in parsed ? parsed.errors.map((error) => formatConfigError('u', error)) : [];
}

t.test('property: secrets never come through, whatever happens to the text', async (t) => {
  const full = `${VALID}adminKey: ${ADMIN_KEY}\nlisten: [udp://192.0.2.7:1]\nsocks: { listen: 127.0.0.1:1 }\n`;
  const piece = fc.constantFrom(
    '"',
    "'",
    '\n',
    '\n  ',
    ': ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '&',
    '*',
    '!',
    '#',
    ',',
    '\t',
    '|',
    '>',
    '%',
    '@',
    '\\',
    '? ',
    '\0',
    'é',
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(full.length), piece, fc.nat(6)), { minLength: 1, maxLength: 4 }), (edits) => {
      let text = full;
      for (const [at, insert, remove] of edits) text = text.slice(0, at) + insert + text.slice(at + remove);
      for (const line of errorsOf(text)) {
        for (const secret of [NETWORK_KEY, IDENTITY, ADMIN_KEY]) {
          for (let i = 0; i + 24 <= secret.length; i++)
            if (line.includes(secret.slice(i, i + 24))) throw new Error(line);
        }
      }
    }),
    { seed: 8, numRuns: 1_500 },
  );
  t.pass();
});

t.test('a secret in the wrong place stays secret', async (t) => {
  const seed = formatKeyText(Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + 11) & 255));
  const places = [
    `name: ${seed}${seed}`,
    `listen: [${seed}]`,
    `listen: [udp://${seed}:1]`,
    `advertise: ${seed}`,
    `country: ${seed}`,
    `exit: ${seed}`,
    `exit: { ${seed}: 1 }`,
    `exit: { allowPrivate: ${seed} }`,
    `socks: { listen: ${seed} }`,
    `servers: [${seed}]`,
    `servers: [{ id: ${seed}, addresses: [${seed}] }]`,
    `logLevel: ${seed}`,
    `${seed}: 1`,
    `${seed}: 1\n${seed}: 2`,
    `adminKey: [${seed}]`,
    `adminKey: ${seed.slice(1)}`,
    `adminKey: ${seed}=`,
    `adminKey: *${seed}`,
    `adminKey: &${seed}`,
    `adminKey: !${seed} x`,
    `adminKey: "${seed}`,
    `adminKey ${seed}`,
    `${seed}`,
    `%${seed}`,
  ];
  for (const place of places) {
    const lines = errorsOf(`${VALID}${place}\n`);
    t.ok(lines.length > 0, `refused: ${place.replaceAll(seed, 'SEED')}`);
    for (const line of lines) t.notOk(line.includes(seed.slice(8, 32)), line);
  }
});
