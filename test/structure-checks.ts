// The structure checks against small trees with known faults: a check that can't fail checks nothing.
import t from 'tap';
import { checkArrowTable } from './fixtures/structure/check-arrow-table.ts';
import { checkArrows } from './fixtures/structure/check-arrows.ts';
import { checkLinks } from './fixtures/structure/check-links.ts';
import { checkMirrors, checkReached } from './fixtures/structure/check-mirrors.ts';
import { checkNames } from './fixtures/structure/check-names.ts';
import { checkPurity } from './fixtures/structure/check-purity.ts';
import { checkSize, MAX_CODE_LINES } from './fixtures/structure/check-size.ts';
import { checkStyle } from './fixtures/structure/check-style.ts';
import { formatFinding, type Finding } from './fixtures/structure/finding.ts';
import { parseSource, type ParsedSource } from './fixtures/structure/parse-source.ts';
import { isFixture } from './fixtures/structure/rooms.ts';

/** A tree from its files: path to text. */
function tree(files: Readonly<Record<string, string>>): ParsedSource[] {
  return Object.entries(files).map(([path, text]) => parseSource({ path, text }));
}

function places(findings: readonly Finding[]): string[] {
  return findings.map(({ path, line }) => (line === null ? path : `${path}:${line}`));
}

t.test('lines of code are lines with a token on them', async (t) => {
  const cases: readonly (readonly [code: string, lines: number])[] = [
    ['', 0],
    ['\n\n  \n', 0],
    ['// one\n/* two\n\n three */\n/** four */\n', 0],
    ['const a = 1; // said at the end\n', 1],
    ['/** said before */ const a = 1;', 1],
    ['/**\n * said\n */\nexport function f(): void {\n  // inside\n\n  g(); /* after\n  it */\n}\n', 3],
    ["const a = '// no comment';\nconst b = '/*';\nconst c = '*/';\n", 3],
    ['const a = `\n// in a template\n\n${b /* aside */}\n`;\n', 4],
    ['const a = /\\/\\*/;\nconst b = 2;\n// end', 2],
    ['#!/usr/bin/env node\nrun();\n', 1],
  ];
  for (const [code, lines] of cases) {
    t.equal(parseSource({ path: 'mesh/a.ts', text: code }).codeLines, lines, JSON.stringify(code));
  }
});

t.test('a file may have 300 lines of code, not 301', async (t) => {
  const lines = 'f();\n\n// why\n'.repeat(MAX_CODE_LINES);
  t.same(checkSize(tree({ 'mesh/a.ts': lines })), []);
  t.same(places(checkSize(tree({ 'mesh/a.ts': `${lines}f();` }))), ['mesh/a.ts']);
  t.same(places(checkSize(tree({ 'test/mesh/a.ts': `${lines}f();` }))), ['test/mesh/a.ts']);
});

t.test('a source without a mirror is named, and so is the file to create', async (t) => {
  const code = 'export const a = 1;';
  t.same(checkMirrors(tree({ 'mesh/wire/a.ts': code, 'test/mesh/wire/a.ts': '' }), {}), []);
  t.same(checkMirrors(tree({ 'node/a.tsx': code, 'test/node/a.ts': '' }), {}), []);
  t.same(checkMirrors(tree({ 'mesh/wire/a.ts': code, 'test/mesh/a.ts': '' }), {}).map(formatFinding), [
    'mesh/wire/a.ts: has no test: create test/mesh/wire/a.ts',
  ]);
});

t.test('files without code of their own need no mirror', async (t) => {
  const needless = [
    "import type { B } from './b.ts';\nexport interface A { readonly b: B }\nexport type C = A | null;",
    "export { a } from './a.ts';\nexport * from './b.ts';",
    "declare module 'x' { export const x: number; }\ndeclare const y: number;",
    'export {};',
  ];
  for (const text of needless) t.same(checkMirrors(tree({ 'mesh/a.ts': text }), {}), [], text);
  for (const text of [
    'export const a = 1;',
    'export type A = 1; f();',
    'export class A {}',
    'const a = 1; export { a };',
  ]) {
    t.same(places(checkMirrors(tree({ 'mesh/a.ts': text }), {})), ['mesh/a.ts'], text);
  }
});

t.test('another file may test a source, while both exist', async (t) => {
  const files = { 'node/main.ts': 'run();', 'test/e2e/demo.ts': '' };
  const by = { 'node/main.ts': 'test/e2e/demo.ts' };
  t.same(checkMirrors(tree(files), by), []);
  t.same(places(checkMirrors(tree({ 'node/main.ts': 'run();' }), by)), ['node/main.ts']);
  t.same(places(checkMirrors(tree({ 'test/e2e/demo.ts': '' }), by)), ['node/main.ts']);
});

t.test('a source that no test loads is found', async (t) => {
  const files = {
    'mesh/a.ts': "import { b } from './b.ts';\nexport const a = b;",
    'mesh/b.ts': 'export const b = 1;',
    'mesh/types-only.ts': 'export type T = 1;',
    'mesh/by-type.ts': 'export class C {}',
    'mesh/late.ts': 'export const late = 1;',
    'mesh/worker.ts': 'run();',
    'mesh/alone.ts': 'export const alone = 1;',
    'test/fixtures/unused.ts': "import { alone } from '../../mesh/alone.ts';\nf(alone);",
    'test/mesh/a.ts': [
      "import { a } from '../../mesh/a.ts';",
      "import type { C } from '../../mesh/by-type.ts';",
      "const late = await import('../../mesh/late.ts');",
      "const worker = new URL('../../mesh/worker.ts', import.meta.url);",
    ].join('\n'),
  };
  t.same(places(checkReached(tree(files), {})), ['mesh/by-type.ts', 'mesh/alone.ts', 'test/fixtures/unused.ts']);
  const started = { 'node/main.ts': "import '../mesh/a.ts';", 'mesh/a.ts': 'f();', 'test/e2e/demo.ts': '' };
  t.same(checkReached(tree(started), { 'node/main.ts': 'test/e2e/demo.ts' }), []);
  t.same(places(checkReached(tree(started), {})), ['node/main.ts', 'mesh/a.ts']);
});

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

t.test('names', async (t) => {
  t.same(checkNames(['mesh/wire/byte-reader.ts', 'mesh/index.ts', 'node/x25519-key.tsx', 'test/e2e/demo.ts']), []);
  const bad = [
    'mesh/utils.ts',
    'socks/helpers/a.ts',
    'config/types.ts',
    'test/common.ts',
    'mesh/byteReader.ts',
    'mesh/Byte.ts',
    'mesh/byte_reader.ts',
    'mesh/a.test.ts',
    'mesh/wire/index.ts',
  ];
  for (const path of bad) t.same(places(checkNames([path])), [path]);
});

t.test('style', async (t) => {
  const bad = [
    'enum A { B }',
    'const enum A { B }',
    'namespace A { f(); }',
    'let a: any;',
    'function f(a: readonly any[]): void {}',
    'const a = b as any;',
    'export default 1;',
    'export default function f(): void {}',
    'export default class {}',
    'export { a as default };',
    '// @ts-ignore',
    '/* @ts-expect-error */',
    '// TODO: later',
    '/** FIXME */',
    '/* c8 ignore next */',
    'const id = 5 as NodeId;',
  ];
  const brand = { 'config/node-id.ts': "export type NodeId = number & { readonly __brand: 'NodeId' };" };
  for (const code of bad)
    t.same(places(checkStyle(tree({ ...brand, 'mesh/a.ts': `\n${code}` }))), ['mesh/a.ts:2'], code);
  t.same(places(checkStyle(tree({ 'mesh/a.ts': '/**\n * one\n * TODO two\n */\nf();' }))), ['mesh/a.ts:3']);
  const good = [
    "const text = 'TODO @ts-ignore any enum';",
    '// TODO(#12): later',
    'const any = 1; f({ any, default: 2, enum: 3 });',
    'switch (a) { default: f(); }',
    "declare module 'x' { export const y: number; }",
    'const a = b as unknown;',
    'const TODO = 1;',
  ];
  for (const code of good) t.same(checkStyle(tree({ ...brand, 'mesh/a.ts': code })), [], code);
  t.same(checkStyle(tree({ 'config/node-id.ts': `${brand['config/node-id.ts']}\nexport const a = 1 as NodeId;` })), []);
});

t.test('links', async (t) => {
  const text = [
    'See [a](../README.md), [b](PROTOCOL.md#header "title"), [c](#here), [d](https://example.org/x.md).',
    'And [gone](gone.md), ![shown](<missing.png>), [e](mailto:a@example.org).',
    '`[code](no.md)` and ``[`code`](no.md)``',
    '```ts',
    '[fenced](no.md)',
    '```',
    '[ref]: ../lost.md',
  ].join('\n');
  const there = new Set(['README.md', 'docs/PROTOCOL.md']);
  const findings = checkLinks([{ path: 'docs/A.md', text }], (path) => there.has(path));
  t.same(findings.map(formatFinding), [
    "docs/A.md:2: links to gone.md, which isn't there",
    "docs/A.md:2: links to missing.png, which isn't there",
    "docs/A.md:7: links to ../lost.md, which isn't there",
  ]);
});

t.test('fixtures are no tests', async (t) => {
  t.ok(isFixture('test/fixtures/a.ts'));
  t.ok(isFixture('test/socks/fixtures/a.ts'));
  t.notOk(isFixture('test/fixtures.ts'));
  t.notOk(isFixture('mesh/fixtures/a.ts'));
});
