import t from 'tap';
import { isKoffiModule, openLibc } from '../../../node/socket-options/libc-sockets.ts';

const whole = { load: () => ({}), errno: () => 0, address: () => 0n };

t.ok(isKoffiModule(whole));
for (const missing of ['load', 'errno', 'address']) t.notOk(isKoffiModule({ ...whole, [missing]: undefined }), missing);
for (const other of [null, undefined, 1, 'koffi', () => {}]) t.notOk(isKoffiModule(other));

t.test('every call of the C library is declared and passed on', async (t) => {
  const calls: unknown[][] = [];
  const func = (definition: string) => {
    const name = /(\w+)\(/.exec(definition)?.[1];
    return (...parameters: unknown[]) => calls.push([name, ...parameters]);
  };
  const libc = openLibc({ load: () => ({ func }), errno: () => 11, address: () => 5n });
  const bytes = Uint8Array.of(1);
  t.equal(libc.socket(2, 2, 0), 1);
  libc.bind(3, bytes, 1);
  libc.setsockopt(3, 1, 2, bytes, 1);
  libc.sendmsg(3, bytes, 0);
  t.strictSame(calls, [
    ['socket', 2, 2, 0],
    ['bind', 3, bytes, 1],
    ['setsockopt', 3, 1, 2, bytes, 1],
    ['sendmsg', 3, bytes, 0],
  ]);
  t.strictSame([libc.errno(), libc.address(bytes)], [11, 5n]);
});
