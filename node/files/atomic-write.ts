import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { systemErrorCode } from '../user-error.ts';

/** Makes a folder for this user only (mode 0700) where it does not exist yet. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/**
 * Replaces a file by one with mode 0600, in one step: whoever reads it, and whoever looks after a power cut, sees the
 * old text or the new one and never a part. Throws the system's error.
 */
export function replaceFile(path: string, text: string): void {
  moveIntoPlace(writeBeside(path, text), path);
}

/**
 * Replaces a file by another one of the same folder, in one step and on the disk. Where that fails the other one is
 * removed, and the system's error thrown.
 */
export function moveIntoPlace(temporary: string, path: string): void {
  try {
    syncFile(temporary);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The same for a file that must not exist yet: throws EEXIST where it does, however close the race was. */
export function createFile(path: string, text: string): void {
  const temporary = writeBeside(path, text);
  try {
    placeNew(temporary, path, text);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(dirname(path));
}

function placeNew(temporary: string, path: string, text: string): void {
  try {
    // Unlike a rename, a link never replaces anything.
    linkSync(temporary, path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
    // FAT and some network shares know no links; there, exclusive creation has to do.
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  }
}

function writeBeside(path: string, text: string): string {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${performance.now().toFixed(3)}.new`);
  const file = openSync(temporary, 'wx', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return temporary;
}

/** A rename is on the disk only once its folder is; Windows can't open folders and needs no such call. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
