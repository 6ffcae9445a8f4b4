// expect: domain-is-pure-of-packages
export { In } from 'typeorm';
