import t from 'tap';
import { nearestWord } from '../../config/nearest-word.ts';

const KNOWN = ['id', 'name', 'networkKey', 'adminKey', 'listen', 'servers', 'logLevel'];

const MEANT: readonly (readonly [string, string | null])[] = [
  ['name', 'name'],
  ['nmae', 'name'],
  ['Name', 'name'],
  ['network_key', 'networkKey'],
  ['network-key', 'networkKey'],
  ['netwrokKey', 'networkKey'],
  ['listne', 'listen'],
  ['listens', 'listen'],
  ['server', 'servers'],
  ['loglevel', 'logLevel'],
  ['ids', 'id'],
  ['', null],
  ['xy', null],
  ['colour', null],
  ['listenx'.repeat(100), null],
];

for (const [typed, meant] of MEANT) t.equal(nearestWord(typed, KNOWN), meant, typed.slice(0, 20));
t.equal(nearestWord('name', []), null);
