// expect: sole-home-platform
export { default } from 'pg-boss';
