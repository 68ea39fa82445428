import t from 'tap';
import { parseEmulatorCommand } from './fixtures/emulator/emulator-command.ts';

t.test('commands', async (t) => {
  const good = [
    { do: 'attach', id: 1, host: 'a', namespacePath: '/run/netns/a', device: 'wan0', addresses: ['11.0.0.1'] },
    { do: 'detach', id: 2, host: 'a' },
    { do: 'addresses', id: 3, host: 'a', addresses: [] },
    { do: 'link', id: 4, from: '11.0.0.1', to: '11.0.0.2', options: {} },
    { do: 'link', id: 4, from: '11.0.0.1', to: '11.0.0.2', isUp: false, options: { delayMs: 1, lossRate: 0.5 } },
    { do: 'counts', id: 5 },
    { do: 'traffic', id: 6 },
    { do: 'clear', id: 7 },
  ];
  for (const command of good) t.same(parseEmulatorCommand(JSON.stringify(command)), command);
  const bad: readonly unknown[] = [
    { do: 'dance', id: 1 },
    { do: 'counts' },
    { do: 'attach', id: 1, host: 'a', namespacePath: '/', device: 'a name too long for Linux', addresses: [] },
    { do: 'link', id: 1, from: 'a', to: 'b', options: { delay: 5 } },
    { do: 'link', id: 1, from: 'a', to: 'b', options: { lossRate: 2 } },
    { do: 'link', id: 1, from: 'a', to: 'b', options: { rateMbps: 0 } },
  ];
  for (const command of bad) t.throws(() => parseEmulatorCommand(JSON.stringify(command)), JSON.stringify(command));
  t.throws(() => parseEmulatorCommand('{'));
});
