import { one } from './planted-cycle-one.ts';

export const two = (): number => one() + 1;
