import t from 'tap';
import { SendBufferPool } from '../../../transports/send-buffer-pool.ts';
import { AcceptedUdpLink } from '../../../transports/udp/accepted-udp-link.ts';
import type { Destination } from '../../../transports/udp/destination.ts';
import { DatagramSender } from '../../../transports/udp/datagram-sender.ts';
import { LinkRecorder } from '../../fixtures/link-recorder.ts';
import { sendMessage } from '../../fixtures/transport-bench.ts';

/** A link, what it sent where, and what its listener was told. */
function setup(): {
  link: AcceptedUdpLink;
  sent: string[];
  told: string[];
  recorder: LinkRecorder;
  completeAll(): void;
} {
  const sent: string[] = [];
  const told: string[] = [];
  const done: (() => void)[] = [];
  const recorder = new LinkRecorder();
  const buffers = new SendBufferPool();
  const socket = {
    send: (_: Uint8Array, __: number, length: number, port: unknown, address?: string, callback?: unknown) => {
      sent.push(`${length} to ${address} ${String(port)}`);
      if (typeof callback === 'function') done.push(() => void callback(null, length));
    },
  };
  const memory = {
    remember: () => void told.push('remember'),
    forget: () => void told.push('forget'),
    reach: ({ address, port }: Destination) => {
      told.push(`reach ${address} ${port}`);
      return link;
    },
  };
  const sender = new DatagramSender(socket, buffers, null);
  const link: AcceptedUdpLink = new AcceptedUdpLink(
    { address: '2001:db8::7', port: 4_840 },
    { sender, localPort: 4_841, neverFragments: true, buffers, handler: recorder, memory },
  );
  const completeAll = (): void => {
    for (const complete of done.splice(0)) complete();
  };
  return { link, sent, told, recorder, completeAll };
}

t.test('sends to its address', async (t) => {
  const { link, sent } = setup();
  sendMessage(link, 1, 100);
  t.strictSame(sent, ['100 to 2001:db8::7 4840']);
  t.equal(link.remote, 'udp://[2001:db8::7]:4840');
  t.notOk(link.reliable);
  t.strictSame([link.maxMessageBytes, link.maxProbeBytes], [1_232, 1_452]);
});

t.test('a link beside it is its listener’s', async (t) => {
  const { link, told } = setup();
  t.equal(link.localPort, 4_841);
  t.equal(link.beside({ address: '2001:db8::8', port: 9 }), link);
  t.strictSame(told, ['reach 2001:db8::8 9']);
});

t.test('is remembered when kept and forgotten when closed', async (t) => {
  const { link, sent, told } = setup();
  link.keep();
  link.close();
  link.close();
  link.keep();
  sendMessage(link, 1, 100);
  t.strictSame(told, ['remember', 'forget']);
  t.strictSame(sent, []);
  t.notOk(link.writable);
});

for (const closes of [false, true]) {
  t.test(`a full queue drains ${closes ? 'unheard after close' : 'audibly'}`, async (t) => {
    const { link, recorder, completeAll } = setup();
    while (link.writable) sendMessage(link, 1, 1_232);
    if (closes) link.close();
    completeAll();
    t.strictSame(recorder.room, closes ? [] : [link]);
  });
}
