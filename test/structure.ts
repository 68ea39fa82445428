// The shape of the house, checked on the real tree; test/structure-checks.ts checks the checks.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { checkArrowTable } from './fixtures/structure/check-arrow-table.ts';
import { checkArrows } from './fixtures/structure/check-arrows.ts';
import { checkLinks } from './fixtures/structure/check-links.ts';
import { checkMirrors, checkReached, type MirroredBy } from './fixtures/structure/check-mirrors.ts';
import { checkNames } from './fixtures/structure/check-names.ts';
import { checkPurity } from './fixtures/structure/check-purity.ts';
import { checkSize } from './fixtures/structure/check-size.ts';
import { checkStyle } from './fixtures/structure/check-style.ts';
import { formatFinding, type Finding } from './fixtures/structure/finding.ts';
import { parseSource } from './fixtures/structure/parse-source.ts';
import { projectRoot, readTree } from './fixtures/structure/read-tree.ts';
import { roomOf } from './fixtures/structure/rooms.ts';

/** Sources whose test is elsewhere, with the reason. Keep it short. */
const mirroredBy: MirroredBy = {
  // Starts the process; only a process can test it.
  'node/main.ts': 'test/e2e/demo.ts',
};

const root = projectRoot();
const sources = readTree(root, ['.ts', '.tsx'])
  .filter(({ path }) => roomOf(path) !== null)
  .map(parseSource);
const documents = readTree(root, ['.md']);

function report(name: string, findings: readonly Finding[]): void {
  t.test(name, async (t) => {
    for (const finding of findings) t.fail(formatFinding(finding), { at: null, stack: '' });
    t.equal(findings.length, 0, `${name}: ${findings.length} findings`, { diagnostic: false });
  });
}

t.ok(sources.length > 10, 'the tree was found');
report('files are short', checkSize(sources));
report('every source has its test', checkMirrors(sources, mirroredBy));
report('every source is loaded by a test', checkReached(sources, mirroredBy));
report('arrows point one way', checkArrows(sources));
report('pure rooms take time, bytes and randomness as arguments', checkPurity(sources));
report('files are named for what is in them', checkNames(sources.map(({ path }) => path)));
report('the house style is kept', checkStyle(sources));
report(
  'links in documents lead somewhere',
  checkLinks(documents, (path) => existsSync(join(root, path))),
);

const architecture = documents.find(({ path }) => path === 'docs/ARCHITECTURE.md');
report(
  'docs/ARCHITECTURE.md draws the same arrows',
  architecture === undefined
    ? [{ path: 'docs/ARCHITECTURE.md', line: null, message: 'does not exist' }]
    : checkArrowTable(architecture),
);
