import fc from 'fast-check';
import t from 'tap';
import { readPlainUp } from '../../../node/cli/plain-up.ts';

const NOTHING = { config: undefined, debug: false, server: [], 'with-parent': false };

t.test('plain calls are read', (t) => {
  const cases: readonly (readonly [readonly string[], object])[] = [
    [['up'], NOTHING],
    [['up', '--config', 'a.yaml'], { ...NOTHING, config: 'a.yaml' }],
    [['up', '--config=a=b.yaml'], { ...NOTHING, config: 'a=b.yaml' }],
    [['up', '--debug', '--with-parent'], { ...NOTHING, debug: true, 'with-parent': true }],
    [
      ['up', '--server', 'udp://192.0.2.1:1', '--config', 'c', '--server=tcp://192.0.2.2:2'],
      { ...NOTHING, config: 'c', server: ['udp://192.0.2.1:1', 'tcp://192.0.2.2:2'] },
    ],
  ];
  for (const [args, expected] of cases) t.strictSame({ ...readPlainUp(args) }, expected, args.join(' '));
  t.end();
});

t.test('everything else is left to the full parser', (t) => {
  const cases: readonly (readonly string[])[] = [
    [],
    ['status'],
    ['--config', 'a', 'up'],
    ['up', 'up'],
    ['up', '--help'],
    ['up', '--version'],
    ['up', '-'],
    ['up', '--'],
    ['up', '--', '--debug'],
    ['up', '--config'],
    ['up', '--config', '--debug'],
    ['up', '--config='],
    ['up', '--config', 'a', '--config', 'b'],
    ['up', '--debug', '--debug'],
    ['up', '--debug=true'],
    ['up', '--no-debug'],
    ['up', '--server'],
    ['up', '--server', ''],
    ['up', '--withParent'],
    ['up', '--colour', 'red'],
    ['up', '-c', 'a'],
  ];
  for (const args of cases) t.equal(readPlainUp(args), null, args.join(' '));
  t.end();
});

t.test('never throws, and takes nothing that it does not know', (t) => {
  const word = fc.oneof(fc.constantFrom('up', '--config', '--server', '--debug', '--', '-', '--config='), fc.string());
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (args) => {
      const read = readPlainUp(args);
      if (read === null) return;
      t.equal(args[0], 'up');
      for (const server of read.server) t.ok(args.some((arg) => arg.endsWith(server)));
    }),
  );
  t.end();
});
