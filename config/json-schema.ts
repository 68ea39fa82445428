import { z } from 'zod';
import { configSchema } from './schema.ts';

/** The JSON Schema (draft 7, which YAML editors read) of a configuration file, as a plain object. */
export function configJsonSchema(): object {
  return { ...z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' }), title: 'uservpn configuration' };
}
