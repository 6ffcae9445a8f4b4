// expect: audit-imports-only-its-list
export const planted = async (): Promise<unknown> => import('@precedent/deid');
