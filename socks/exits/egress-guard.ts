import type { NodeId } from '../../config/node-id.ts';
import type { Target } from '../../mesh/session/target.ts';
import type { ExitEvent } from './exit-event.ts';
import type { ExitIdentity } from './exit-identity.ts';
import type { ExitView } from './exit-view.ts';
import type { Pins } from './pins.ts';
import { ADDRESS_FAMILIES, type AddressFamily, familyOf, shownAddress } from './shown-address.ts';

/** What an {@link EgressGuard} is made of. */
export interface EgressGuardOptions {
  readonly pins: Pins;
  readonly wallMs: () => number;
  /** Told that a pin has another address, for it to be kept. */
  readonly changed?: (what: 'pin') => void;
  /** Told that a site sees another address than before. */
  readonly onExitEvent?: (event: ExitEvent) => void;
}

/** What an exit showed to sites last in its session, and what its record said then. */
interface LastShown {
  readonly record: string;
  readonly addresses: Map<AddressFamily, string>;
}

/**
 * Notices that an exit shows sites another public address than before: to a site that knows its user by the address it is
 * another exit, though it is the same. To be asked before any byte of the program goes out on a stream of a pinned site.
 */
export class EgressGuard {
  readonly #options: EgressGuardOptions;
  #exits: ReadonlyMap<NodeId, ExitView> = new Map();
  readonly #last = new Map<ExitIdentity, LastShown>();

  constructor(options: EgressGuardOptions) {
    this.#options = options;
  }

  /** Takes the exits as they are now. */
  nodesChanged(exits: readonly ExitView[]): void {
    this.#exits = new Map(exits.map((exit) => [exit.id, exit]));
    const inSession = new Set(
      exits.flatMap(({ state, identity }) => (state === 'up' || state === 'suspect' ? [identity] : [])),
    );
    for (const identity of this.#last.keys()) if (!inSession.has(identity)) this.#last.delete(identity);
  }

  /** The exit connected for the site, from that address. */
  opened(exit: NodeId, site: string, bound: Target): void {
    const view = this.#exits.get(exit);
    if (view === undefined) return;
    const address = shownAddress(bound, view.publicAddresses ?? []);
    this.#remember(view, address);
    if (address === null) return;
    const { pins, wallMs, changed, onExitEvent } = this.#options;
    const outcome = pins.showed(site, view.identity, address, wallMs());
    switch (outcome.type) {
      case 'none':
      case 'known':
        return;
      case 'first':
        changed?.('pin');
        return;
      case 'changed':
        changed?.('pin');
        onExitEvent?.({ type: 'address-changed', site, exit, from: outcome.from, to: address });
    }
  }

  /**
   * Whether, going by all that is known before the exit has connected, the site will see an address that it knows: only
   * then may bytes of the program go out together with the wish to connect.
   */
  isSettled(exit: NodeId, site: string): boolean {
    const view = this.#exits.get(exit);
    const last = view === undefined ? undefined : this.#last.get(view.identity);
    // Its record says something new since: the next answer will show whether sites see that, too.
    if (view === undefined || last === undefined || last.record !== recordOf(view)) return false;
    return ADDRESS_FAMILIES.every((family) => {
      const address = last.addresses.get(family);
      return address === undefined || this.#options.pins.mayShow(site, view.identity, address);
    });
  }

  #remember(view: ExitView, address: string | null): void {
    const record = recordOf(view);
    const before = this.#last.get(view.identity);
    const last = before?.record === record ? before : { record, addresses: new Map<AddressFamily, string>() };
    if (address !== null) last.addresses.set(familyOf(address), address);
    this.#last.set(view.identity, last);
  }
}

function recordOf({ publicAddresses }: ExitView): string {
  return (publicAddresses ?? []).join(' ');
}
