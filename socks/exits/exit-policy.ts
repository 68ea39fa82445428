import type { NodeId } from '../../config/node-id.ts';

/** Which exits a rule or an override lets a connection use. Countries are ISO 3166 in upper case, as exits declare them. */
export type ExitPolicy =
  | { readonly type: 'any' }
  | { readonly type: 'exit'; readonly exit: NodeId }
  | { readonly type: 'countries'; readonly allowed: readonly string[] | null; readonly forbidden: readonly string[] };

/** What becomes of a site whose exit stays away: it moves, waits, or fails at once. */
export type WhenDown = 'repin' | 'hold' | 'fail';

/** Whether an exit may be used. One that declares no country is in none of those allowed, and in none forbidden. */
export function permits(policy: ExitPolicy, exit: { readonly id: NodeId; readonly country: string }): boolean {
  switch (policy.type) {
    case 'any':
      return true;
    case 'exit':
      return exit.id === policy.exit;
    case 'countries':
      return (policy.allowed?.includes(exit.country) ?? true) && !policy.forbidden.includes(exit.country);
  }
}

/** The same text for the same policy. */
export function policyText(policy: ExitPolicy): string {
  switch (policy.type) {
    case 'any':
      return 'any exit';
    case 'exit':
      return `exit ${policy.exit}`;
    case 'countries': {
      const allowed = policy.allowed === null ? 'any country' : policy.allowed.join(' ');
      return policy.forbidden.length === 0 ? allowed : `${allowed}, not ${policy.forbidden.join(' ')}`;
    }
  }
}
