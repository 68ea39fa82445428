import t from 'tap';
import { existsSync, readFileSync } from 'node:fs';
import { vectors } from '../../fixtures/wire/golden-vectors.ts';

/** The page, looked for upwards because compiled tests lie deeper than their sources. */
function readProtocol(): string {
  for (let folder = new URL('./', import.meta.url); ; folder = new URL('../', folder)) {
    const page = new URL('docs/PROTOCOL.md', folder);
    if (existsSync(page)) return readFileSync(page, 'utf8');
    if (folder.pathname === '/') throw new Error('docs/PROTOCOL.md is not above this test');
  }
}

function parseVectors(page: string): Record<string, string> {
  const block = /\n```vectors\n(.*?)\n```/s.exec(page)?.[1] ?? '';
  const found: Record<string, string> = {};
  let name = '';
  for (const line of block.split('\n')) {
    if (line.startsWith('  ')) found[name] += line.trim().replace(/^-$/, '');
    else found[(name = line)] = '';
  }
  return found;
}

t.test('the hex in docs/PROTOCOL.md is the hex in the tests', async (t) => {
  t.strictSame(parseVectors(readProtocol()), { ...vectors });
});
