import { parseEndpoint } from '../../config/endpoint.ts';
import { isFailure } from '../../config/parse-failure.ts';
import type { MeshFrame } from '../session/session-event.ts';
import type { PeerLink } from './peer-link.ts';

/** What tells the other end of a link where it is seen to come from; null where this side dialled, or the link does not know. */
export function observedFrame({ link, dialled }: PeerLink): Extract<MeshFrame, { readonly type: 'observed' }> | null {
  if (dialled !== null) return null;
  const remote = parseEndpoint(link.remote);
  if (isFailure(remote)) return null;
  const { transport, host, port } = remote;
  return { type: 'observed', address: { transport, source: 'observed', host, port } };
}
