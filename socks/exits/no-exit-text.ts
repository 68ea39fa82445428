import type { ChoiceRequest } from './choice-request.ts';
import { policyText } from './exit-policy.ts';
import type { ExitView } from './exit-view.ts';
import type { Pins, PinTime } from './pins.ts';

/** Why a site got no exit though others are up, for people; it does not name the site. */
export function noExitText(
  { site, policy, whenDown }: ChoiceRequest,
  pins: Pick<Pins, 'find'>,
  exits: readonly ExitView[],
  time: PinTime,
): string {
  if (policy.type === 'exit') {
    const exit = exits.find(({ id }) => id === policy.exit);
    return `asked for: exit ${policy.exit}, ${exit === undefined ? 'which is not known here' : `which is ${exit.state}`}`;
  }
  const found = pins.find(site, time);
  const pinned = found.type === 'none' ? undefined : exits.find(({ identity }) => identity === found.pin.exit);
  const its = pinned === undefined ? 'its exit' : `exit ${pinned.id}`;
  if (found.type === 'suspended' && whenDown === 'repin') {
    const until = new Date(time.wallMs + found.untilMs - time.nowMs).toISOString().slice(11, 19);
    return `waits for ${its} until ${until} UTC, then moves`;
  }
  if ((found.type === 'suspended' || found.type === 'orphaned') && whenDown !== 'repin') {
    return whenDown === 'hold' ? `waits for ${its}, however long` : `${its} is away, and it is to fail then`;
  }
  if (policy.type === 'countries') {
    return `asked for: ${policyText(policy)}; none of ${exits.length} exits is there, up and not draining`;
  }
  return 'those that are up do not answer, or drain';
}
