import type { ExitSettings } from '../config/config.ts';
import { checkEgress } from '../socks/egress/egress-policy.ts';
import { EgressResolver } from '../socks/egress/egress-resolver.ts';
import { EgressServer, type EgressOutcome } from '../socks/egress/egress-server.ts';
import { ExitDialer } from '../socks/egress/exit-dialer.ts';
import { addressText, targetText } from '../socks/host-text.ts';
import type { Scheduler } from '../socks/scheduler.ts';
import type { GeoRecord } from '../geoip/geo-record.ts';
import type { Logger } from './log.ts';
import { OwnAddresses } from './own-addresses.ts';

/** What an exit is made of. */
export interface ExitServiceOptions {
  readonly settings: ExitSettings;
  /** Where this process listens itself; read at each connection. */
  readonly ownPorts: () => readonly number[];
  /** Under which addresses other nodes see this one. */
  readonly observed: () => readonly string[];
  readonly scheduler: Scheduler;
  /** Where an address is, going by a database; nobody knows unless told. */
  readonly locate?: (address: string) => Pick<GeoRecord, 'country' | 'position'> | null;
  readonly log: Logger;
}

/** Connects members to what they ask for, within the configuration's limits. */
export function makeExitService(options: ExitServiceOptions): EgressServer {
  const { settings, ownPorts, observed, scheduler, locate, log } = options;
  const own = new OwnAddresses(() => scheduler.nowMs(), observed);
  const { allowPrivate, allowPorts, maxStreamsPerClient } = settings;
  const dialer = new ExitDialer({
    check: (address, port) =>
      checkEgress({ allowPrivate, allowPorts, ownAddresses: own.get(), ownPorts: ownPorts() }, address, port),
    resolver: new EgressResolver({ nowMs: () => scheduler.nowMs() }),
    scheduler,
    locate: (address) => {
      const found = locate?.(addressText(address)) ?? null;
      return found && { country: found.country, position: found.position };
    },
  });
  return new EgressServer({ dialer, maxStreamsPerClient, onEnd: (outcome) => logOutcome(log, outcome) });
}

/** Where members go is nobody's business: it is logged at level debug only. */
function logOutcome(log: Logger, outcome: EgressOutcome): void {
  if (!log.isLevelEnabled('debug')) return;
  const { type, client } = outcome;
  const target = targetText(outcome.target);
  switch (outcome.type) {
    case 'refused':
      log.debug({ type, client, target, reason: outcome.reason }, 'exit connection');
      return;
    case 'cancelled':
    case 'located':
      log.debug({ type, client, target }, 'exit connection');
      return;
    case 'served':
      log.debug({ type, client, target, ...outcome.totals }, 'exit connection');
      return;
  }
}
