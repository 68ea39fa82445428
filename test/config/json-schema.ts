import t from 'tap';
import { configJsonSchema } from '../../config/json-schema.ts';

t.test('draft 7 of what the file holds, not of what it is parsed to', async (t) => {
  const schema = configJsonSchema();
  t.match(schema, {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    additionalProperties: false,
    required: ['id', 'networkKey', 'identity', 'adminPublicKey', 'credential'],
    properties: {
      id: { type: 'integer', minimum: 1, maximum: 254 },
      networkKey: { type: 'string', pattern: '^(?:[A-Za-z0-9_-]{43})$' },
      credential: { pattern: '^(?:[A-Za-z0-9_-]{272}|[A-Za-z0-9_-]{364})$' },
      listen: { type: 'array', maxItems: 16, items: { type: 'string' } },
      exit: { additionalProperties: false, properties: { maxStreamsPerClient: { default: 1024 } } },
      rules: { maxItems: 1_000, items: { additionalProperties: false, required: ['to'] } },
      servers: { items: { additionalProperties: false, required: ['id', 'addresses'] } },
      logLevel: { enum: ['trace', 'debug', 'info', 'warn', 'error'] },
    },
  });
  t.strictSame(JSON.parse(JSON.stringify(schema)), schema, 'plain JSON');
  const { properties } = schema as { properties: Record<string, { description?: string }> };
  for (const [key, { description }] of Object.entries(properties)) t.ok(description, `${key} is described`);
});
