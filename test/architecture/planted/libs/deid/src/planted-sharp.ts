// expect: sole-home-imaging
export { default } from 'sharp';
