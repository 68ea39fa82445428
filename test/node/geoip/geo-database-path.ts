import t from 'tap';
import { geoDatabasePath } from '../../../node/geoip/geo-database-path.ts';
import { parseConfig } from '../../../config/parse-config.ts';
import { VALID } from '../../config/fixtures/valid-config.ts';

t.test('in the state folder, or where the configuration says', async (t) => {
  const of = (more: string): string => {
    const parsed = parseConfig(VALID + more);
    if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
    return geoDatabasePath({ config: parsed.config, configPath: '/etc/u/u.yaml', stateFolder: '/var/u' });
  };
  t.equal(of(''), '/var/u/geoip.mmdb');
  t.equal(of('geoip:\n  source: https://example.com/a.mmdb\n'), '/var/u/geoip.mmdb');
  t.equal(of('geoip:\n  database: x.mmdb\n'), '/etc/u/x.mmdb');
  t.equal(of('geoip:\n  database: /y/x.mmdb\n'), '/y/x.mmdb');
});
