// expect: sole-home-imaging
export const planted = async (): Promise<unknown> => import('@cornerstonejs/codec-openjpeg/decode');
