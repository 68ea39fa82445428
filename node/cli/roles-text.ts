import type { Roles } from '../../mesh/gossip/certificate.ts';

/** What a node is certified for, to go after its name: `, an exit and a relay`; empty where that is nothing. */
export function rolesText({ exit, relay }: Roles): string {
  const roles = [exit ? 'an exit' : '', relay ? 'a relay' : ''].filter(Boolean);
  return roles.length === 0 ? '' : `, ${roles.join(' and ')}`;
}
