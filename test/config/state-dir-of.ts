import t from 'tap';
import { stateDirOf } from '../../config/state-dir-of.ts';

t.test('what stands in one line counts, whatever else is wrong', async (t) => {
  for (const [text, stateDir] of [
    ['', 'state'],
    ['id: 1\nstateDir: kept\n', 'kept'],
    ['stateDir: /var/lib/a b\r\n: : :\n', '/var/lib/a b'],
    ['\tx\nstateDir:   "quoted # text"  # a remark\n', 'quoted # text'],
    ["stateDir: 'single'", 'single'],
    ['stateDir: kept # a remark', 'kept'],
    ['stateDir:\n  kept\n', 'state'],
    ['stateDir: ""\n', 'state'],
    ['# stateDir: kept\n', 'state'],
    ['pins:\n  stateDir: kept\n', 'state'],
    ['stateDirs: kept\n', 'state'],
    ['stateDir: "open\n', 'state'],
  ] as const) {
    t.equal(stateDirOf(text), stateDir, JSON.stringify(text));
  }
});
