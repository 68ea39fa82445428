import t from 'tap';
import { remoteUrl } from '../../transports/remote-url.ts';

const urls = [
  ['192.0.2.7', 'udp://192.0.2.7:4840'],
  ['2001:db8::7', 'udp://[2001:db8::7]:4840'],
  ['::ffff:192.0.2.7', 'udp://192.0.2.7:4840'],
  ['fe80::1%eth0', 'udp://[fe80::1%eth0]:4840'],
] as const;

for (const [address, url] of urls) t.equal(remoteUrl('udp', address, 4_840), url);
