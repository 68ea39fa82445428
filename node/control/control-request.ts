import { z } from 'zod';
import { MAX_NODE_ID } from '../../config/node-id.ts';

/** The longest request line, in bytes; the largest real one carries a key change of 105 bytes. */
export const MAX_REQUEST_BYTES = 4096;

/** The most echoes one `ping` request may ask for. */
export const MAX_PINGS = 10_000;

/** The longest time after which a node may be told to stop, and to be waited for once it has, in seconds. */
export const MAX_STOP_AFTER_S = 7 * 86_400;
export const MAX_BACK_IN_S = 600;

/** A host or the name of a pin, which may have a key after `#`. */
const hostText = z.string().max(1024);

const requestSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('status') }),
  z.strictObject({ do: z.literal('nodes') }),
  z.strictObject({
    do: z.literal('ping'),
    node: z.number().int().min(1).max(MAX_NODE_ID),
    count: z.number().int().min(1).max(MAX_PINGS),
    everyMs: z.number().int().min(10).max(60_000),
  }),
  z.strictObject({ do: z.literal('paths'), node: z.number().int().min(1).max(MAX_NODE_ID) }),
  z.strictObject({ do: z.literal('sites') }),
  z.strictObject({ do: z.literal('pin'), host: hostText, node: z.number().int().min(1).max(MAX_NODE_ID) }),
  z.strictObject({ do: z.enum(['unpin', 'why']), host: hostText }),
  z.strictObject({
    do: z.literal('drain'),
    stopAfterS: z.number().int().min(0).max(MAX_STOP_AFTER_S).nullable(),
    backInS: z.number().int().min(0).max(MAX_BACK_IN_S).nullable(),
  }),
  z.strictObject({ do: z.literal('undrain') }),
  z.strictObject({
    do: z.literal('admit'),
    kind: z.enum(['revocation', 'key-change']),
    document: z.base64().max(1024),
  }),
]);

/** What may be asked of a running node, one request a connection. */
export type ControlRequest = z.infer<typeof requestSchema>;

/** What a running node answers: any number of items, then an end or an error. */
export type ControlReply =
  | { readonly type: 'item'; readonly value: unknown }
  | { readonly type: 'end' }
  | { readonly type: 'error'; readonly message: string };

const replySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('item'), value: z.unknown() }),
  z.object({ type: z.literal('end') }),
  z.object({ type: z.literal('error'), message: z.string() }),
]);

/** Reads one line without its newline; null where it is not a request. */
export function parseControlRequest(line: string): ControlRequest | null {
  return requestSchema.safeParse(parseJson(line)).data ?? null;
}

/** Reads one line without its newline; null where it is not a reply. */
export function parseControlReply(line: string): ControlReply | null {
  return replySchema.safeParse(parseJson(line)).data ?? null;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
