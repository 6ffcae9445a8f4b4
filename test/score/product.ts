// The product as its users run it: `precedent deid`, a process of its own, with a key made for this run.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportEntry } from './examine.ts';

const CLI = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'bin', 'precedent.js');

export interface ProductRun {
  readonly inDir: string;
  readonly outDir: string;
  readonly reportFile: string;
}

export interface ProductRequest {
  readonly directory: string;
  readonly inDir: string;
  readonly profile: string;
  readonly jobs: number;
  /** Runs longer than this are ended. */
  readonly timeoutMs: number;
}

/** @throws Error when the command fails: then there is nothing to score */
export async function runProduct({ directory, inDir, profile, jobs, timeoutMs }: ProductRequest): Promise<ProductRun> {
  const run = { inDir, outDir: join(directory, 'out'), reportFile: join(directory, 'report.jsonl') };
  const keyFile = join(directory, 'pseudonyms.key');
  await writeFile(keyFile, randomBytes(32).toString('base64'), { mode: 0o600 });
  const args = [
    'deid',
    inDir,
    run.outDir,
    '--key-file',
    keyFile,
    '--profile',
    profile,
    '--report',
    run.reportFile,
    '--pixels',
    'off',
    '--jobs',
    String(jobs),
    '--json',
  ];
  await new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'ignore', 'pipe'], timeout: timeoutMs });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2000)));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`precedent deid ended with ${code ?? 'a signal'}: ${complaint.trim()}`)),
    );
  });
  return run;
}

/** What was said of each file. */
export function readReport(file: string): {
  readonly entries: ReadonlyMap<string, ReportEntry>;
  readonly text: Buffer;
} {
  const text = readFileSync(file);
  const lines = text
    .toString('utf8')
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  return {
    entries: new Map(
      lines.map((line) => JSON.parse(line) as ReportEntry & { path: string }).map((entry) => [entry.path, entry]),
    ),
    text,
  };
}
