// `npm run demo -- ARGS`: set-up, then the demo with exactly these arguments.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

function wantsMilvusLite(args) {
  return args.some(
    (arg, i) => arg === '--vectors=milvus-lite' || (arg === '--vectors' && args[i + 1] === 'milvus-lite'),
  );
}

/** A terminal sends Ctrl-C to the child by itself; sending it again would look like an impatient second one. */
const reachesChildItself = (signal) => signal === 'SIGINT' && process.stdin.isTTY;

/** @returns the child's exit status, as a shell would give it. */
function runForeground(script, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' });
    const forward = (signal) => reachesChildItself(signal) || child.kill(signal);
    for (const signal of SIGNALS) process.on(signal, forward);
    child.on('exit', (code, signal) => {
      for (const each of SIGNALS) process.off(each, forward);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}

const args = process.argv.slice(2);
const ready = await runForeground(at('./bootstrap.mjs'), wantsMilvusLite(args) ? ['--with', 'milvus-lite'] : []);
process.exit(ready === 0 ? await runForeground(at('../apps/cli/bin/precedent.js'), ['demo', ...args]) : ready);
