// expect: no-cycles
import { two } from './planted-cycle-two.ts';

export const one = (): number => two() + 1;
