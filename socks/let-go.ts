import type { MeshStream } from '../mesh/mesh-stream.ts';

/** Gives a stream up: the other end hears so, and its owner here hears no more of it. */
export function letGo(stream: Pick<MeshStream, 'onEvent' | 'reset'>): void {
  stream.onEvent = () => {};
  stream.reset('reset-by-near');
}
