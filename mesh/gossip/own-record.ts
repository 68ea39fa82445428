import type { Sodium } from '../wire/sodium.ts';
import type { Credential } from './credential.ts';
import { encodeCredential } from './credential.ts';
import type { Incarnation } from './incarnation.ts';
import type { NodeDescription, NodeRecord, RecordVersion } from './node-record.ts';
import { compareVersions, signNodeRecord } from './node-record.ts';

/** Makes the own record, newer each time, and notices when somebody else does. */
export class OwnRecord {
  readonly #sodium: Sodium;
  readonly #identitySecretKey: Uint8Array;
  readonly #incarnation: Pick<Incarnation, 'current'>;
  #description: NodeDescription | null = null;
  #record: NodeRecord | null = null;
  #noticed: RecordVersion | null = null;

  /** Sequences start at 1 in each incarnation. */
  constructor(sodium: Sodium, identitySecretKey: Uint8Array, incarnation: Pick<Incarnation, 'current'>) {
    this.#sodium = sodium;
    this.#identitySecretKey = identitySecretKey;
    this.#incarnation = incarnation;
  }

  /** The record last made, or null. */
  get record(): NodeRecord | null {
    return this.#record;
  }

  /** Makes the next record; null where it would say what the last one says. */
  describe(credential: Credential, description: NodeDescription): NodeRecord | null {
    this.#description = description;
    const { incarnation, sequence } = this.#version();
    const last = this.#record;
    if (last?.incarnation === incarnation) {
      const same = signNodeRecord(this.#sodium, this.#identitySecretKey, credential, last, description);
      if (Buffer.compare(same.bytes, last.bytes) === 0) return null;
    }
    const version = { incarnation, sequence: sequence + 1 };
    this.#record = signNodeRecord(this.#sodium, this.#identitySecretKey, credential, version, description);
    return this.#record;
  }

  /** Makes the next record under another credential; null where nothing was described yet or the credential is the same. */
  renew(credential: Credential): NodeRecord | null {
    const last = this.#record;
    if (this.#description === null || last === null) return null;
    if (Buffer.compare(encodeCredential(credential), encodeCredential(last.credential)) === 0) return null;
    return this.describe(credential, this.#description);
  }

  /**
   * True, once for each version, where a verified record of the own identity has numbers that were never issued
   * here, or says something else under numbers that were: this configuration runs twice.
   */
  noticeCopy(record: NodeRecord): boolean {
    const newer = compareVersions(record, this.#version());
    const isCopy = newer > 0 || (newer === 0 && this.#record !== null && !isSame(record, this.#record));
    if (!isCopy || (this.#noticed !== null && compareVersions(record, this.#noticed) <= 0)) return false;
    this.#noticed = { incarnation: record.incarnation, sequence: record.sequence };
    return true;
  }

  #version(): RecordVersion {
    const incarnation = this.#incarnation.current;
    return { incarnation, sequence: this.#record?.incarnation === incarnation ? this.#record.sequence : 0 };
  }
}

function isSame(a: NodeRecord, b: NodeRecord): boolean {
  return Buffer.compare(a.bytes, b.bytes) === 0;
}
