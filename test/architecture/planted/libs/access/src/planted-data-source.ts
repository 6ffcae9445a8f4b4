// expect: confined-construction
import { DataSource } from 'typeorm';

export const planted = new DataSource({ type: 'postgres' });
