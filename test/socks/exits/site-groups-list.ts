import t from 'tap';
import { SHIPPED_SITE_GROUPS } from '../../../socks/exits/site-groups-list.ts';
import { siteOf } from '../../../socks/exits/site.ts';

t.test('every entry is a public site of its own, named once, in a group of two or more', async (t) => {
  const seen = new Set<string>();
  for (const line of SHIPPED_SITE_GROUPS.split('\n')) {
    const names = line.split(' ');
    t.ok(names.length >= 2, line);
    for (const name of names) {
      // A few companies' own domains are on the list of private suffixes; as a bare host they are their own site.
      t.same(siteOf({ type: 'name', name }), { name, local: false }, name);
      t.notOk(seen.has(name), `${name} once`);
      seen.add(name);
    }
  }
});
