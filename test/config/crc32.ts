import t from 'tap';
import { crc32 } from '../../config/crc32.ts';

const VECTORS: readonly (readonly [string, number])[] = [
  ['', 0x00000000],
  ['a', 0xe8b7be43],
  ['123456789', 0xcbf43926],
  ['The quick brown fox jumps over the lazy dog', 0x414fa339],
];

for (const [text, sum] of VECTORS) {
  t.equal(crc32(new TextEncoder().encode(text)), sum, JSON.stringify(text));
}
