import type { NodeId } from '../../config/node-id.ts';
import type { PathView } from '../../mesh/path-view.ts';

/** So many exchanges are remembered of each way. */
const ROUNDS = 8;
/** The pause between two, in ms: no multiple of a tick, so that these are met at all their phases. */
const PAUSE_MS = 137;
/** The last answers are waited for as long as the longest round trip and this, in ms, and no longer in all than that. */
const MARGIN_MS = 50;
const LONGEST_MS = 1_000;

/** What can tell of the ways to other nodes. */
export interface SurveyedMesh {
  survey(peer: NodeId): void;
  paths(peer: NodeId): readonly PathView[];
}

/** Measures the ways to a node for a second or two. */
export class PathSurveyor {
  readonly #mesh: SurveyedMesh;
  readonly #wait: (ms: number, signal: AbortSignal) => Promise<void>;

  constructor(mesh: SurveyedMesh, wait: (ms: number, signal: AbortSignal) => Promise<void>) {
    this.#mesh = mesh;
    this.#wait = wait;
  }

  /** Whether no way leads to a node now. */
  isAway(peer: NodeId): boolean {
    return this.#mesh.paths(peer).length === 0;
  }

  /** Resolves with what was found, earlier where `signal` aborts; never rejects. Empty where no way leads there. */
  async run(peer: NodeId, signal: AbortSignal): Promise<readonly PathView[]> {
    for (let round = 0; round < ROUNDS && !signal.aborted; round++) {
      this.#mesh.survey(peer);
      await this.#wait(PAUSE_MS, signal);
    }
    const rttsMs = this.#mesh.paths(peer).map(({ rtt }) => rtt?.smoothedMs ?? 0);
    await this.#wait(Math.min(LONGEST_MS, Math.max(0, ...rttsMs) + MARGIN_MS), signal);
    return this.#mesh.paths(peer);
  }
}
