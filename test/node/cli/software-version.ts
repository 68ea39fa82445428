import t from 'tap';
import { readSoftwareVersion } from '../../../node/cli/software-version.ts';

t.test("the version is our package's, and fits into a node record", (t) => {
  t.match(readSoftwareVersion(), /^\d+\.\d+\.\d+/);
  t.not(readSoftwareVersion(), '0.0.0');
  t.ok(readSoftwareVersion().length <= 32);
  t.end();
});
