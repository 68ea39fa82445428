import t from 'tap';
import { SiteGroups, shippedSiteGroups } from '../../../socks/exits/site-groups.ts';
import { siteOf } from '../../../socks/exits/site.ts';

const site = (name: string, groups: SiteGroups): string => siteOf({ type: 'name', name }, groups).name;

t.test('the first domain names the group, and a domain stands for its site', async (t) => {
  const groups = new SiteGroups([
    ['one.example.com', 'Two.example.'],
    ['two.example', 'three.example'],
  ]);
  t.equal(groups.nameOf('two.example'), 'example.com');
  t.equal(groups.nameOf('three.example'), 'two.example', 'a domain in two groups belongs to the earlier one');
  t.equal(groups.nameOf('four.example'), null);
  t.equal(site('www.two.example', groups), 'example.com');
  t.equal(site('www.four.example', groups), 'four.example');
});

t.test('shipped groups, and the user who knows better', async (t) => {
  t.equal(site('i.ytimg.com', shippedSiteGroups()), 'google.com');
  t.equal(site('login.microsoftonline.com', shippedSiteGroups()), 'microsoft.com');
  t.equal(site('example.com', shippedSiteGroups()), 'example.com');
  const own = shippedSiteGroups([['youtube.com'], ['bank.example', 'bank-login.example']]);
  t.equal(site('www.youtube.com', own), 'youtube.com');
  t.equal(site('i.ytimg.com', own), 'google.com');
  t.equal(site('bank-login.example', own), 'bank.example');
});
