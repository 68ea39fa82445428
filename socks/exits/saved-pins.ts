import { canonicalIp } from '../../config/ip-literal.ts';
import { parseExitIdentity, type ExitIdentity } from './exit-identity.ts';
import type { AddressChange, Pin, PinMove, PinReason } from './pin.ts';
import { ADDRESS_FAMILIES, familyOf } from './shown-address.ts';

/** Sites that have a pin at the same time, those with open streams not counted. */
export const MAX_PINS = 10_000;

/** Moves remembered for each site, and changes of the address. */
export const MAX_MOVES = 8;

/** Addresses of one family remembered for each site: an exit may have several that take turns. */
export const MAX_ADDRESSES = 4;

/** A domain has 253 characters; the rest is for an isolation key. */
const MAX_SITE_CHARACTERS = 1_024;

const MAX_WALL_MS = 8.64e15;

/** What may stand in a file; that it is all of them the type checks. */
const REASONS: Readonly<Record<PinReason, true>> = {
  measured: true,
  race: true,
  prior: true,
  only: true,
  rule: true,
  user: true,
  'exit-gone': true,
};

/** What a file of pins holds, as JSON has it. */
export interface SavedPins {
  readonly version: 1;
  /** In the order of use, the longest unused first. */
  readonly pins: readonly SavedPin[];
}

interface SavedPin {
  readonly site: string;
  readonly exit: string;
  readonly reason: string;
  readonly since: number;
  readonly used: number;
  readonly moves?: readonly SavedMove[];
  /** As in {@link Pin}. */
  readonly addresses?: readonly string[];
  readonly addressChanges?: readonly SavedAddressChange[];
}

type SavedMove = readonly [from: string, to: string, reason: string, atMs: number];

type SavedAddressChange = readonly [from: string, to: string, atMs: number];

/** A pin as a value for JSON. */
export function savePin(pin: Pin): SavedPin {
  const { site, exit, reason, sinceMs, lastUsedMs, moves, addresses, addressChanges } = pin;
  const saved = { site, exit, reason, since: sinceMs, used: lastUsedMs };
  const savedMoves = moves.map((move): SavedMove => [move.from, move.to, move.reason, move.atMs]);
  const savedChanges = addressChanges.map(({ from, to, atMs }): SavedAddressChange => [from, to, atMs]);
  return {
    ...saved,
    ...(moves.length === 0 ? {} : { moves: savedMoves }),
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(addressChanges.length === 0 ? {} : { addressChanges: savedChanges }),
  };
}

/**
 * The pins in what a file held. Whatever is not a pin of ours is left out, so a damaged or foreign file costs pins
 * and nothing else; null where the whole is no file of pins. No more than {@link MAX_PINS}, the last used.
 */
export function parseSavedPins(value: unknown): readonly Pin[] | null {
  if (!isRecord(value) || value['version'] !== 1 || !Array.isArray(value['pins'])) return null;
  const bySite = new Map<string, Pin>();
  for (const entry of value['pins'].slice(-MAX_PINS) as unknown[]) {
    const pin = parsePin(entry);
    if (pin === null) continue;
    bySite.delete(pin.site);
    bySite.set(pin.site, pin);
  }
  return [...bySite.values()];
}

function parsePin(value: unknown): Pin | null {
  if (!isRecord(value)) return null;
  const { site, since, used, moves, addresses, addressChanges } = value;
  const exit = parseExitIdentity(value['exit']);
  const reason = parseReason(value['reason']);
  if (!isSite(site) || exit === null || reason === null || !isWallMs(since) || !isWallMs(used)) return null;
  return {
    site,
    exit,
    reason,
    sinceMs: since,
    lastUsedMs: used,
    openStreams: 0,
    moves: parseMoves(site, moves),
    addresses: parseAddresses(addresses),
    addressChanges: parseAddressChanges(addressChanges),
  };
}

function parseAddresses(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  const all = new Set((value.slice(0, 2 * MAX_ADDRESSES) as unknown[]).filter(isAddress));
  return ADDRESS_FAMILIES.flatMap((family) => [...all].filter((ip) => familyOf(ip) === family).slice(0, MAX_ADDRESSES));
}

function parseAddressChanges(value: unknown): AddressChange[] {
  if (!Array.isArray(value)) return [];
  const changes: AddressChange[] = [];
  for (const entry of value.slice(-MAX_MOVES) as unknown[]) {
    if (!Array.isArray(entry)) continue;
    const [from, to, atMs] = entry as unknown[];
    if (isAddress(from) && isAddress(to) && isWallMs(atMs)) changes.push({ from, to, atMs });
  }
  return changes;
}

/** An address in its one spelling. */
function isAddress(value: unknown): value is string {
  return typeof value === 'string' && canonicalIp(value) === value;
}

function parseMoves(site: string, value: unknown): PinMove[] {
  if (!Array.isArray(value)) return [];
  const moves: PinMove[] = [];
  for (const entry of value.slice(-MAX_MOVES) as unknown[]) {
    if (!Array.isArray(entry)) continue;
    const [from, to, reason, atMs] = entry as unknown[];
    const move = { from: parseExitIdentity(from), to: parseExitIdentity(to), reason: parseReason(reason), atMs };
    if (isWhole(move)) moves.push({ site, ...move });
  }
  return moves;
}

interface MaybeMove {
  readonly from: ExitIdentity | null;
  readonly to: ExitIdentity | null;
  readonly reason: PinReason | null;
  readonly atMs: unknown;
}

function isWhole(move: MaybeMove): move is Omit<PinMove, 'site'> {
  return move.from !== null && move.to !== null && move.reason !== null && isWallMs(move.atMs);
}

function parseReason(value: unknown): PinReason | null {
  return typeof value === 'string' && Object.hasOwn(REASONS, value) ? (value as PinReason) : null;
}

function isSite(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_SITE_CHARACTERS) return false;
  // oxlint-disable-next-line no-control-regex -- a terminal must not see them
  return !/[\0-\x1f\x7f]/.test(value);
}

function isWallMs(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_WALL_MS;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
