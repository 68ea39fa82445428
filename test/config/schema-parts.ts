import t from 'tap';
import { z } from 'zod';
import { list, map, refuse, text, unique, wrong } from '../../config/schema-parts.ts';

const message = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues[0]?.message ?? null;

t.test('what each part says of a wrong value', async (t) => {
  const even = text('an even number', (value) => (Number(value) % 2 === 0 ? Number(value) : { error: 'is odd' }));
  t.equal(even.parse('4'), 4);
  t.equal(message(even, '5'), 'is odd');
  t.equal(message(even, 4), 'is a number without quotes; write an even number in quotes');
  t.equal(message(even, null), 'has no value; write an even number, or remove the key');
  t.equal(message(list(even, 'numbers', 1), ['2', '4']), 'has more than 1 entries; shorten the list');
  t.equal(message(list(even, 'numbers', 1), 'x'), 'is "x"; write a list of numbers');
  t.equal(message(unique(list(even, 'numbers', 9), String), ['2', '2']), '2 is there twice; keep one');
  t.equal(message(map({ a: even }), []), 'is a list; write a map of keys');
  t.equal(message(map({ a: even }), {}), 'is missing; add an even number');
  t.equal(message(z.boolean(wrong('true or false')), 1), 'is 1; write true or false');
  t.equal(
    message(
      z.string().superRefine((_, context) => refuse(context, 'never')),
      '',
    ),
    'never',
  );
});
