// Drift: the tables of transfer syntaxes and limits in the READMEs of dicom and imaging against the code.
import { renderRoomTables } from '../docs/room-tables.mjs';

const stale = await renderRoomTables({ check: true });
for (const readme of stale) process.stdout.write(`${readme}: a table differs; run node tools/docs/room-tables.mjs\n`);
process.exitCode = stale.length > 0 ? 1 : 0;
