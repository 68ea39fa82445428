import type { MeshStream } from '../mesh/mesh-stream.ts';
import type { Attempt } from './connect-attempt.ts';

/** Gives a stream up: the other end hears so, and its owner here hears no more of it. */
export function letGo(stream: Pick<MeshStream, 'onEvent' | 'reset'>): void {
  stream.onEvent = () => {};
  stream.reset('reset-by-near');
}

/** Gives up what an attempt has: the stream that it is opening, or what was parked in it. */
export function letGoOf(attempt: Pick<Attempt, 'opening' | 'parked'>, what: 'opening' | 'parked'): void {
  const had = attempt[what];
  if (had !== null) letGo(had.stream);
  attempt[what] = null;
}
