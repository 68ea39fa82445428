import { join } from 'node:path';
import { z } from 'zod';
import { formatKeyText } from '../../config/key-text.ts';
import { StateFile } from './state-file.ts';

const savedSchema = z.object({ version: z.literal(1), identity: z.string(), mesh: z.unknown() });

/** What the mesh remembers over restarts, in `mesh.json` of the state folder. */
export class MeshState {
  readonly #file: StateFile;
  readonly #identity: string;

  /** `identity` is the node's public key: what another node left in the folder is not used. */
  constructor(stateFolder: string, identity: Uint8Array) {
    this.#file = new StateFile(join(stateFolder, 'mesh.json'));
    this.#identity = formatKeyText(identity);
  }

  /** What was saved last, or undefined; and a sentence where there was something that could not be used. */
  load(wallMs: number): { readonly saved: unknown; readonly warning: string | null } {
    const loaded = this.#file.load(wallMs);
    switch (loaded.type) {
      case 'absent':
        return { saved: undefined, warning: null };
      case 'damaged':
        return { saved: undefined, warning: `The state was damaged; it is kept as ${loaded.movedTo}` };
      case 'loaded': {
        const parsed = savedSchema.safeParse(loaded.value).data;
        if (parsed?.identity === this.#identity) return { saved: parsed.mesh, warning: null };
        const movedTo = this.#file.moveAside('other', wallMs);
        return { saved: undefined, warning: `The state belonged to another node; it is kept as ${movedTo}` };
      }
    }
  }

  /** Replaces what was saved; it is on the disk when this returns. Throws a UserError. */
  save(mesh: unknown): void {
    this.#file.save({ version: 1, identity: this.#identity, mesh });
  }
}
