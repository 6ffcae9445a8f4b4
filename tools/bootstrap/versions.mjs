import { machineLacks } from './errors.mjs';

/** Kept equal to package.json `engines`: Node 21 and 23 never had long-term support. */
const NODE_WANTED = '20.19 or newer of 20, 22.12 or newer of 22, or 24 and up';

export function isNodeSupported(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
}

export const nodeStep = {
  title: 'Node',
  doing: 'looking',
  look() {
    if (isNodeSupported(process.versions.node)) return `${process.versions.node}, up to date`;
    throw machineLacks(
      `this is Node ${process.versions.node} (${process.execPath}); needed is ${NODE_WANTED}. ` +
        'Install a current long-term version and see that `node --version` shows it.',
    );
  },
};
