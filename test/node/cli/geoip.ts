import t from 'tap';
import { geoIpCommand } from '../../../node/cli/geoip.ts';

t.test('the command says what it is called', async (t) => {
  t.match(geoIpCommand.command, /^geoip /);
  t.type(geoIpCommand.handler, 'function');
});
