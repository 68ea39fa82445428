import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { v8Version } from '../../node/v8-flags.ts';
import { builtFile } from './fixtures/run-cli.ts';

t.test('versions', async (t) => {
  t.equal(v8Version('11.3.244.8-node.38'), '11.3');
  t.equal(v8Version('12.4.254.21-node.57'), '12.4');
  t.equal(v8Version('13.6.233.17-node.53'), '13.6');
  for (const other of ['1.13.6', '11.30.1', '13.60.1', '14.1.146.11', '']) t.equal(v8Version(other), null, other);
});

/** What a process with these lines says on stderr, once all flags that the program uses are set in it. */
function said(version: string, more: string): string {
  const lines = `
    Object.defineProperty(process, 'versions', { value: { ...process.versions, v8: '${version}' } });
    const { markHeapAtOneGo, waitForNoQuietMoment } = await import('${builtURL('garbage-collection')}');
    const { compileEarly } = await import('${builtURL('code-compilation')}');
    const { setV8Flag } = await import('${builtURL('v8-flags')}');
    waitForNoQuietMoment();
    markHeapAtOneGo();
    compileEarly();
    ${more}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', lines], {
    encoding: 'utf8',
  });
  t.same([status, stdout], [0, '']);
  return stderr;
}

function builtURL(name: string): string {
  return pathToFileURL(builtFile(new URL(`../../node/${name}.ts`, import.meta.url))).href;
}

t.test('V8 knows each flag that is set', async (t) => {
  const { v8 } = process.versions;
  t.equal(said(v8, ''), '');
  t.match(said(v8, "setV8Flag('--no-such-flag');"), /unrecognized flag --no-such-flag/, 'or would say so');
});

t.test('no flag is set where the version is not known', async (t) => {
  t.equal(said('99.1.2.3-node.4', "setV8Flag('--no-such-flag');"), '');
});
