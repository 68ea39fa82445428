import { z } from 'zod';
import { isFailure, type ParseFailure } from './parse-failure.ts';
import { quote } from './quote.ts';

/** Text that `parse` understands; its sentence becomes the message. `pattern` is for the JSON Schema only. */
export function text<T>(what: string, parse: (value: string) => T | ParseFailure, pattern?: string) {
  const plain = z.string(wrongText(what));
  return (pattern === undefined ? plain : plain.meta({ pattern })).transform((value, context): T => {
    const parsed = parse(value);
    return isFailure(parsed) ? refuse(context, parsed.error) : parsed;
  });
}

/** A list with at most so many entries. */
export function list<T extends z.ZodType>(item: T, what: string, max: number) {
  return z
    .array(item, wrong(`a list of ${what}`))
    .max(max, { error: `has more than ${max} entries; shorten the list` });
}

/** No two entries with the same name. */
export function unique<Item>(schema: z.ZodType<Item[]>, nameOf: (item: Item) => string) {
  return schema.superRefine((items, context) => {
    const seen = new Set<string>();
    for (const [index, name] of items.map(nameOf).entries()) {
      if (seen.has(name))
        context.addIssue({ code: 'custom', path: [index], message: `${name} is there twice; keep one` });
      seen.add(name);
    }
  });
}

/** A map with these keys and no others. */
export function map<T extends z.ZodRawShape>(shape: T) {
  return z.strictObject(shape, wrong('a map of keys'));
}

/** The message for a value of the wrong kind or out of range, which is no secret. */
export function wrong(what: string) {
  return {
    error({ input }: { readonly input?: unknown }): string {
      if (typeof input === 'string') return `is ${quote(input)}; write ${what}`;
      if (typeof input === 'number' || typeof input === 'boolean') return `is ${input}; write ${what}`;
      return describeKind(input, what);
    },
  };
}

/** The same where text belongs, which may be a secret: nothing of the value is repeated. */
function wrongText(what: string) {
  return {
    error: ({ input }: { readonly input?: unknown }): string =>
      typeof input === 'number' || typeof input === 'boolean'
        ? `is a ${typeof input} without quotes; write ${what} in quotes`
        : describeKind(input, what),
  };
}

function describeKind(input: unknown, what: string): string {
  if (input === undefined) return `is missing; add ${what}`;
  if (input === null) return `has no value; write ${what}, or remove the key`;
  return Array.isArray(input) ? `is a list; write ${what}` : `is a map of keys; write ${what}`;
}

/** Adds an issue. */
export function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
