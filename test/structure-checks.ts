// The structure checks against small trees with known faults: a check that can't fail checks nothing.
import t from 'tap';
import { checkLinks } from './fixtures/structure/check-links.ts';
import { checkMirrors, checkReached } from './fixtures/structure/check-mirrors.ts';
import { checkNames } from './fixtures/structure/check-names.ts';
import { checkSize, MAX_LINES } from './fixtures/structure/check-size.ts';
import { checkStyle } from './fixtures/structure/check-style.ts';
import { formatFinding } from './fixtures/structure/finding.ts';
import { isFixture } from './fixtures/structure/rooms.ts';
import { places, tree } from './fixtures/structure/small-tree.ts';

t.test('a file may have 300 lines, comments and blank ones included, not 301', async (t) => {
  const lines = 'f();\n\n// why\n'.repeat(MAX_LINES / 3);
  for (const text of [lines, lines.trimEnd(), '']) t.same(checkSize(tree({ 'mesh/a.ts': text })), []);
  for (const text of [`${lines}f();`, `${lines}\n`, `/*${lines}*/\n`]) {
    t.same(places(checkSize(tree({ 'mesh/a.ts': text }))), ['mesh/a.ts']);
    t.same(places(checkSize(tree({ 'test/mesh/a.ts': text }))), ['test/mesh/a.ts']);
  }
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
