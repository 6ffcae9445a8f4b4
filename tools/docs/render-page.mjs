// A page or an SVG as a PNG of the given width, by a headless Chromium; what is empty below is cut off.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';

const HIGHEST = 4000;
const MARGIN = 20;

/** @param html a whole document with a white background, nothing loaded from elsewhere */
export async function renderPage(html, { width, chromium, out }) {
  const folder = await mkdtemp(join(tmpdir(), 'precedent-picture-'));
  try {
    const page = join(folder, 'page.html');
    const shot = join(folder, 'page.png');
    await writeFile(page, html);
    const args = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', `--user-data-dir=${folder}/user`];
    args.push(`--window-size=${width},${HIGHEST}`, `--screenshot=${shot}`, `file://${page}`);
    await promisify(execFile)(chromium, args);
    return await cut(shot, { width, out });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A palette of 256 colours: grey pictures and a few hues need no more, and the file is a third. */
async function cut(shot, { width, out }) {
  const { info } = await sharp(shot).trim({ background: '#ffffff' }).toBuffer({ resolveWithObject: true });
  const bottom = Math.min(HIGHEST, info.height - info.trimOffsetTop + MARGIN);
  const picture = sharp(shot).extract({ left: 0, top: 0, width, height: bottom });
  return picture.png({ palette: true, colours: 256, effort: 10 }).toFile(out);
}
