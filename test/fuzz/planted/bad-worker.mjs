// A worker that does what the watchdog is for, as the job's seed says: hang, crash, or swell.
import { writeFileSync } from 'node:fs';

process.once('message', ({ seed, progressFile }) => {
  writeFileSync(progressFile, '7');
  if (seed === 'crash') process.exit(3);
  const held = [];
  for (;;) if (seed === 'swell' && held.length < 64) held.push(Buffer.alloc(16 * 2 ** 20, 1));
});
