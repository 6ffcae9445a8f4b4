// `--import` this to run TypeScript files of test/: Node 20 reads none by itself. Packages are taken from their build, as users get them.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
