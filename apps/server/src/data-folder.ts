import { existsSync } from 'node:fs';
import { access, constants, mkdir, open, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '@precedent/kernel';
import { dataLayout } from './server.config.ts';

/** Makes the data folder and its parts, readable by the service account only. @throws DATA_DIR_FORBIDDEN, DATA_DIR_FULL */
export async function prepareDataFolder(dataDir: string): Promise<void> {
  try {
    // The folder itself may be passed through (the embedded PostgreSQL runs as another account when the service is root).
    await mkdir(dataDir, { recursive: true, mode: 0o711 });
    const { run, secrets, spool, objects, index, logs } = dataLayout(dataDir);
    for (const folder of [run, secrets, spool, objects, index, logs])
      await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.W_OK);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC')
      throw new CodedError('DATA_DIR_FULL', `There is no room left at ${dataDir}: free disk space.`, { cause });
    throw new CodedError(
      'DATA_DIR_FORBIDDEN',
      `The data folder ${dataDir} cannot be written: give this account access or choose another with --data-dir.`,
      {
        cause,
      },
    );
  }
}

/** initdb itself needs 50 MB, and ends with anything but a plain word about the disk when it does not get them. */
const FIRST_START_BYTES = 128 * 1024 * 1024;

/** @throws DATA_DIR_FULL when an embedded database is to be made and has no room. */
export async function assertRoomForDatabase(dataDir: string): Promise<void> {
  if (existsSync(dataLayout(dataDir).postgres)) return;
  const { bavail, bsize } = await statfs(dataDir);
  if (bavail * bsize >= FIRST_START_BYTES) return;
  throw new CodedError(
    'DATA_DIR_FULL',
    `A first start needs 128 MiB at ${dataDir}: free disk space or choose another.`,
  );
}

/** Takes the folder for this process. @throws DATA_DIR_IN_USE when another service holds it; a lock left by a killed one is taken over. */
export async function lockDataFolder(dataDir: string): Promise<() => Promise<void>> {
  const path = join(dataLayout(dataDir).run, 'lock');
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      await refuseWhenAlive(path, dataDir);
      await rm(path, { force: true });
    }
  }
  throw inUse(dataDir, 'another process');
}

const inUse = (dataDir: string, who: string): CodedError =>
  new CodedError(
    'DATA_DIR_IN_USE',
    `A service is running on ${dataDir} already (${who}): use it, end it, or choose another --data-dir.`,
  );

async function refuseWhenAlive(lock: string, dataDir: string): Promise<void> {
  const pid = Number(await readFile(lock, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return;
  if (await isNode(pid)) throw inUse(dataDir, `process ${pid}`);
}

/** Whether the process lives and is a Node program: after a reboot the number may be anybody's. */
async function isNode(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'precedent');
  return command.includes('precedent');
}

/** Tells commands where the service is and what its operator should know of this start. Removed at its end. */
export async function announce(dataDir: string, url: string, notes: readonly string[]): Promise<() => Promise<void>> {
  const path = join(dataLayout(dataDir).run, 'server.json');
  const content = JSON.stringify({ pid: process.pid, url, startedAt: new Date().toISOString(), notes });
  await writeFile(`${path}.part`, content, { mode: 0o600 });
  // Renamed whole: a command that looks at this very moment must not read half of it.
  await rename(`${path}.part`, path);
  return () => rm(path, { force: true });
}
