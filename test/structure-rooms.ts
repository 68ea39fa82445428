// The checks of what rooms may import and do, against small trees with known faults.
import t from 'tap';
import { checkArrowTable } from './fixtures/structure/check-arrow-table.ts';
import { checkArrows } from './fixtures/structure/check-arrows.ts';
import { checkPurity } from './fixtures/structure/check-purity.ts';
import { places, tree } from './fixtures/structure/small-tree.ts';

t.test('arrows', async (t) => {
  const there = {
    'config/c.ts': '',
    'geoip/g.ts': '',
    'mesh/m.ts': '',
    'mesh/session/target.ts': '',
    'mesh/session/stream-codes.ts': '',
    'transports/t.ts': '',
    'socks/s.ts': '',
    'node/n.ts': '',
    'test/x.ts': '',
  };
  const cases: readonly (readonly [path: string, code: string, allowed: boolean])[] = [
    ['config/a.ts', "import { c } from './c.ts';", true],
    ['config/a.ts', "import { z } from 'zod';", true],
    ['config/a.ts', "import type { M } from '../mesh/m.ts';", false],
    ['geoip/a.ts', "import { c } from '../config/c.ts';", true],
    ['geoip/a.ts', "import { m } from '../mesh/m.ts';", false],
    ['mesh/a.ts', "import { c } from '../config/c.ts';", true],
    ['mesh/wire/a.ts', "import type { T } from '../../transports/t.ts';", false],
    ['mesh/a.ts', "type A = import('../node/n.ts').N;", false],
    ['mesh/a.ts', "export * from '../socks/s.ts';", false],
    ['mesh/a.ts', "const n = await import('../node/n.ts');", false],
    ['transports/a.ts', "import type { M } from '../mesh/m.ts';", false],
    ['transports/a.ts', "import { c } from '../config/c.ts';", true],
    ['socks/a.ts', "import { g } from '../geoip/g.ts';", true],
    ['socks/a.ts', "import type { M } from '../mesh/m.ts';", true],
    ['socks/a.ts', "import { type M } from '../mesh/m.ts';", true],
    ['socks/a.ts', "import { type M, m } from '../mesh/m.ts';", false],
    ['socks/a.ts', "import '../mesh/m.ts';", false],
    ['socks/a.ts', "import { CODES } from '../mesh/session/stream-codes.ts';", true],
    ['socks/a.ts', "import { decode } from '../mesh/session/target.ts';", true],
    ['socks/a.ts', "import type { T } from '../transports/t.ts';", false],
    ['node/a.ts', "import { s } from '../socks/s.ts';", true],
    ['node/a.ts', "import { x } from '../test/x.ts';", false],
    ['test/a.ts', "import { n } from '../node/n.ts';", true],
    ['test/a.ts', "import { gone } from '../node/gone.ts';", false],
    ['node/a.ts', "import json from '../package.json';", false],
  ];
  for (const [path, code, allowed] of cases) {
    const findings = checkArrows(tree({ ...there, [path]: `\n${code}` }));
    t.same(places(findings), allowed ? [] : [`${path}:2`], `${path}: ${code}`);
  }
});

t.test('the table in the document says what the check says', async (t) => {
  const rows = [
    '| room | what lives there | may import |',
    '|---|---|---|',
    '| `config/` | the file, with `|` nowhere | nothing of ours |',
    '| `geoip/` | addresses | config |',
    '| `mesh/` | the overlay: `wire/`, `gossip/` | `config` |',
    '| `transports/` | hops | config |',
    '| `socks/` | proxies | config, geoip, types of mesh (and its shared values) |',
    '| `node/` | the process | everything |',
    '| `test/` | tests | everything |',
  ];
  const check = (lines: readonly string[]): string[] =>
    places(checkArrowTable({ path: 'docs/A.md', text: lines.join('\n') }));
  t.same(check(rows), []);
  t.same(check(rows.with(3, '| `geoip/` | addresses | config, mesh |')), ['docs/A.md:4']);
  t.same(check(rows.with(6, '| `socks/` | proxies | config, geoip, mesh |')), ['docs/A.md:7']);
  t.same(check(rows.with(2, '| `config/` | the file | everything |')), ['docs/A.md:3']);
  t.same(check(rows.toSpliced(4, 1)), ['docs/A.md']);
});

t.test('pure rooms read no clock, no random source and do no I/O', async (t) => {
  const impure = [
    "import { connect } from 'node:net';",
    "import { readFileSync } from 'fs';",
    "import type { Socket } from 'node:net';",
    "import { readFile } from 'node:fs/promises';",
    "import { setTimeout as sleep } from 'node:timers/promises';",
    "import { randomBytes } from 'node:crypto';",
    "import { hostname } from 'node:os';",
    'const now = Date.now();',
    "const now = Date['now']();",
    'const read = Date.now;',
    'const { now } = Date;',
    'const now = new Date();',
    'const now = new Date;',
    'const now = Date();',
    'const now = performance.now();',
    'const now = globalThis.performance;',
    'const now = process.hrtime.bigint();',
    'setTimeout(f, 1);',
    'const schedule = { setTimeout };',
    'f(setInterval);',
    'setImmediate(f);',
    'const signal = AbortSignal.timeout(1);',
    'const r = Math.random();',
    'const { random: r } = Math;',
    'crypto.getRandomValues(b);',
    'globalThis.crypto.getRandomValues(b);',
    'sodium.randombytes_buf(8);',
    "const page = await fetch('');",
  ];
  for (const code of impure) {
    for (const path of ['mesh/wire/a.ts', 'config/a.ts', 'geoip/a.ts', 'socks/ingress/parse.ts']) {
      t.not(checkPurity(tree({ [path]: code })).length, 0, `${path}: ${code}`);
    }
    t.same(checkPurity(tree({ 'node/a.ts': code, 'transports/a.ts': code, 'test/a.ts': code })), [], code);
  }
});

t.test('pure rooms may compute, and may name what is handed in as they like', async (t) => {
  const pure = [
    "import { isIP } from 'ipaddr.js';",
    "import { join } from 'node:path';",
    "import { Buffer } from 'node:buffer';",
    'const then = new Date(thenMs).toISOString();',
    'const at = Date.UTC(2026, 0, 1) + Date.parse(text);',
    'const n = Math.floor(x);',
    'let timer: ReturnType<typeof setTimeout>;',
    'clock.setTimeout(f, 1);',
    'const port = { setTimeout: f, performance: 1 };',
    'function f(setTimeout: Schedule): void { setTimeout(g); }',
    'interface Clock { setTimeout(f: () => void): void; readonly performance: number }',
    "// Date.now() is node/'s business\nconst text = 'Math.random()';",
  ];
  for (const code of pure) t.same(checkPurity(tree({ 'mesh/a.ts': code, 'socks/a.ts': code })), [], code);
});

t.test('sockets in socks/ are in files that say so', async (t) => {
  const code = "import { connect } from 'node:net';\nimport { lookup } from 'node:dns/promises';";
  for (const name of ['socks-server', 'exit-dialer', 'dns-resolver', 'stream-pump']) {
    t.same(checkPurity(tree({ [`socks/egress/${name}.ts`]: code })), [], name);
    t.same(checkPurity(tree({ [`mesh/${name}.ts`]: code })).length, 2, `mesh/${name}`);
    t.same(checkPurity(tree({ [`socks/${name}.ts`]: "import 'node:fs';\nDate.now();" })).length, 2, name);
  }
  for (const name of ['server', 'dialer-policy', 'resolver']) {
    t.same(places(checkPurity(tree({ [`socks/${name}.ts`]: code }))), [`socks/${name}.ts:1`, `socks/${name}.ts:2`]);
  }
});
