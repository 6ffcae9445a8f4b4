// expect: domain-is-pure-of-node-io
export { connect } from 'net';
