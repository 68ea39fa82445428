import type { Config } from '../../config/config.ts';
import { stateDirPath } from '../../config/locations.ts';
import { stateDirOf } from '../../config/state-dir-of.ts';
import { UserError } from '../user-error.ts';
import { readConfigFile, readConfigText } from './read-config-file.ts';

/** Where the node of a configuration can be asked, if one runs. */
export interface NodePlace {
  /** Absolute. */
  readonly configPath: string;
  /** Absolute. */
  readonly stateFolder: string;
  /** Null where it can't be read or has mistakes now, of which a node that runs since before knows nothing. */
  readonly config: Config | null;
  /** What is wrong with it, or null. */
  readonly problem: UserError | null;
}

/** For commands that need nothing but the running node: where that is. Throws nothing that the user can mend. */
export function findNodePlace(configPath: string): NodePlace {
  try {
    return { ...readConfigFile(configPath), problem: null };
  } catch (problem) {
    if (!(problem instanceof UserError)) throw problem;
    const stateFolder = stateDirPath(configPath, stateDirOf(textOrNothing(configPath)), process.platform);
    return { configPath, stateFolder, config: null, problem };
  }
}

function textOrNothing(configPath: string): string {
  try {
    return readConfigText(configPath);
  } catch (problem) {
    if (!(problem instanceof UserError)) throw problem;
    return '';
  }
}
