import type { Command } from 'commander';
import { folderPath, vectorStore } from './parse-options.ts';

/** Options of every command that uses the service; they decide how it is started when none is running. */
export interface ServiceOptions {
  readonly dataDir?: string;
  readonly vectors?: string;
  readonly allowUncleanedPixels?: boolean;
}

export function addServiceOptions(command: Command): Command {
  return command
    .option('--data-dir <dir>', 'data folder (default: PRECEDENT_DATA, else a system or user data folder)', folderPath)
    .option('--vectors <store>', 'vector store: exact, milvus-lite, or host:port of a Milvus', vectorStore)
    .option(
      '--allow-uncleaned-pixels',
      'let images through although texts in their pixels are not cleaned (development data only)',
    );
}

/** The same options for a service that is started by this command. */
export function serveArguments(options: ServiceOptions): string[] {
  return [
    ...(options.vectors === undefined ? [] : ['--vectors', options.vectors]),
    ...(options.allowUncleanedPixels === true ? ['--allow-uncleaned-pixels'] : []),
  ];
}
